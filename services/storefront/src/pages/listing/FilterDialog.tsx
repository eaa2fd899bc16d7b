/** The filters on a phone: a sheet from the edge, over the page. */
import { useRef, type ComponentProps } from "react";
import { useFormats, useWords } from "../../i18n/context";
import { Icon } from "../../ui/Icon";
import { uiWords } from "../../ui/words";
import { countFilters } from "./choice";
import styles from "./FilterDialog.module.css";
import { FilterPanel } from "./FilterPanel";
import { listingWords } from "./words";

export function FilterDialog(props: ComponentProps<typeof FilterPanel>) {
  const words = useWords(listingWords);
  const shared = useWords(uiWords);
  const { number } = useFormats();
  const dialog = useRef<HTMLDialogElement>(null);
  const count = countFilters(props.choice);
  const close = () => dialog.current?.close();
  return (
    <>
      <button
        type="button"
        className={`button button-quiet ${styles.open}`}
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="filter" /> {words.filters}
        {count > 0 && <span className={styles.count}>{number(count)}</span>}
      </button>
      <dialog ref={dialog} className={styles.dialog} aria-labelledby="filter-heading">
        <div className={styles.top}>
          <h2 id="filter-heading">{words.filters}</h2>
          <button type="button" aria-label={shared.close} className={styles.close} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <div className={styles.body}>
          <FilterPanel {...props} />
        </div>
        <div className={styles.bottom}>
          <button type="button" className="button button-main button-wide" onClick={close}>
            {words.showResults}
          </button>
        </div>
      </dialog>
    </>
  );
}
