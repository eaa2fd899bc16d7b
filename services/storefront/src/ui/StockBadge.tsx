import type { Stock } from "../api/types";
import { useWords } from "../i18n/context";
import styles from "./StockBadge.module.css";
import { uiWords } from "./words";

export function StockBadge({ stock }: { stock: Stock }) {
  const words = useWords(uiWords);
  const text = { in_stock: words.inStock, low: words.low, out: words.out }[stock];
  return (
    <span className={`${styles.badge} ${styles[stock]}`}>
      <span className={styles.dot} aria-hidden="true" />
      {text}
    </span>
  );
}
