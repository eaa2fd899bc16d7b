import { discountPercent } from "../i18n/format";
import { useFormats, useWords } from "../i18n/context";
import styles from "./Price.module.css";
import { uiWords } from "./words";

interface Props {
  pricePoisha: number;
  compareAtPoisha?: number | null;
  large?: boolean;
}

/** The price, and the one before it when there is a real saving. */
export function Price({ pricePoisha, compareAtPoisha = null, large = false }: Props) {
  const words = useWords(uiWords);
  const { money } = useFormats();
  const saving = discountPercent(pricePoisha, compareAtPoisha) !== null;
  return (
    <p className={`${styles.price} ${large ? styles.large : ""}`}>
      <span className="visually-hidden">{words.priceNow} </span>
      <span className={saving ? styles.reduced : styles.now}>{money(pricePoisha)}</span>
      {saving && compareAtPoisha !== null && (
        <>
          {" "}
          <span className="visually-hidden">{words.priceWas} </span>
          <s className={styles.before}>{money(compareAtPoisha)}</s>
        </>
      )}
    </p>
  );
}

/** `−18%` on a chili tag; nothing when nothing is saved. */
export function DiscountBadge({ pricePoisha, compareAtPoisha }: Omit<Props, "large">) {
  const words = useWords(uiWords);
  const { number } = useFormats();
  const percent = discountPercent(pricePoisha, compareAtPoisha);
  if (percent === null) return null;
  return (
    <span className={styles.badge}>
      <span aria-hidden="true">{words.off(number(percent))}</span>
      <span className="visually-hidden">{words.offSpoken(number(percent))}</span>
    </span>
  );
}
