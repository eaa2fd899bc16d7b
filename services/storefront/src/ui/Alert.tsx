import type { ReactNode } from "react";
import { ShopProblem } from "../api/problem";
import { useFormats, useWords } from "../i18n/context";
import styles from "./Alert.module.css";
import { Icon, type IconName } from "./Icon";
import { uiWords } from "./words";

type Tone = "problem" | "warning" | "good" | "news";

const ICONS: Record<Tone, IconName> = { problem: "alert", warning: "alert", good: "check", news: "info" };

interface Props {
  tone: Tone;
  title?: string;
  children?: ReactNode;
}

/** A boxed message. Problems interrupt a screen reader; the rest waits its turn. */
export function Alert({ tone, title, children }: Props) {
  return (
    <div className={`${styles.alert} ${styles[tone]}`} role={tone === "problem" ? "alert" : "status"}>
      <Icon name={ICONS[tone]} />
      <div className={styles.body}>
        {title && <p className={styles.title}>{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** The server's own words for a failed call, in the language in force. */
export function ProblemAlert({ problem, title }: { problem: unknown; title?: string }) {
  const words = useWords(uiWords);
  const { text } = useFormats();
  if (!problem) return null;
  const known = problem instanceof ShopProblem ? problem : null;
  return (
    <Alert tone="problem" {...(title ? { title } : {})}>
      <p>{known ? text(known.messages) : words.loadFailed}</p>
      {known && known.status >= 500 && known.requestId && <p className="hint">{words.requestId(known.requestId)}</p>}
    </Alert>
  );
}
