import { useWords } from "../i18n/context";
import styles from "./Skeleton.module.css";
import { uiWords } from "./words";

/** A grey block where something will stand. Give it a height by the shape it replaces. */
export function Skeleton({ shape = "line" }: { shape?: "line" | "title" | "block" | "picture" }) {
  return <span className={`${styles.skeleton} ${styles[shape]}`} aria-hidden="true" />;
}

/** Says once that a page is loading, for those who do not see the grey blocks. */
export function LoadingNote() {
  return (
    <span role="status" className="visually-hidden">
      {useWords(uiWords).loading}
    </span>
  );
}

export function PageSkeleton() {
  return (
    <div className={`page ${styles.page}`}>
      <LoadingNote />
      <Skeleton shape="title" />
      <Skeleton shape="block" />
      <Skeleton />
      <Skeleton />
    </div>
  );
}
