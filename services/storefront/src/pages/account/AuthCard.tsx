import type { ReactNode } from "react";
import { usePageTitle } from "../../ui/usePageTitle";
import styles from "./AuthCard.module.css";

/** The narrow card of the sign-in pages. */
export function AuthCard({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  usePageTitle(title);
  return (
    <div className={`page ${styles.page}`}>
      <div className={`panel ${styles.card}`}>
        <h1>{title}</h1>
        {text && <p className="muted">{text}</p>}
        {children}
      </div>
    </div>
  );
}
