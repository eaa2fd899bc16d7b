/** What a page shows instead of its content: nothing yet, nothing at all, or that it failed. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { ShopProblem } from "../api/problem";
import { useFormats, useWords } from "../i18n/context";
import { Icon, type IconName } from "./Icon";
import styles from "./States.module.css";
import { usePageTitle } from "./usePageTitle";
import { uiWords } from "./words";

interface EmptyProps {
  icon: IconName;
  title: string;
  text?: string;
  heading?: "h1" | "h2";
  children?: ReactNode;
}

export function EmptyState({ icon, title, text, heading: Heading = "h2", children }: EmptyProps) {
  return (
    <div className={styles.state}>
      <span className={styles.medallion}>
        <Icon name={icon} size={34} />
      </span>
      <Heading>{title}</Heading>
      {text && <p className="muted">{text}</p>}
      {children}
    </div>
  );
}

interface ErrorProps {
  problem: unknown;
  onRetry: () => void;
  /** `h1` where it stands for the whole page. */
  heading?: "h1" | "h2";
}

/** A failed read, with the reason and a button that tries again. */
export function ErrorState({ problem, onRetry, heading: Heading = "h2" }: ErrorProps) {
  const words = useWords(uiWords);
  const { text } = useFormats();
  const known = problem instanceof ShopProblem ? problem : null;
  return (
    <div className={styles.state} role="alert">
      <span className={styles.medallion}>
        <Icon name={known?.code === "network" ? "offline" : "alert"} size={34} />
      </span>
      <Heading>{words.loadFailed}</Heading>
      {known && <p className="muted">{text(known.messages)}</p>}
      <button type="button" className="button button-main" onClick={onRetry}>
        {words.retry}
      </button>
      {known && known.status >= 500 && known.requestId && <p className="hint">{words.requestId(known.requestId)}</p>}
    </div>
  );
}

export function NotFound() {
  const words = useWords(uiWords);
  usePageTitle(words.notFoundTitle);
  return (
    <div className="page">
      <EmptyState icon="search" heading="h1" title={words.notFoundTitle} text={words.notFoundText}>
        <Link className="button button-main" to="/">
          {words.goHome}
        </Link>
      </EmptyState>
    </div>
  );
}

/** True for a problem that no retry mends: the thing is not there, or its address is none that could be. */
export function isMissing(problem: unknown): boolean {
  return problem instanceof ShopProblem && (problem.status === 404 || problem.status === 422);
}
