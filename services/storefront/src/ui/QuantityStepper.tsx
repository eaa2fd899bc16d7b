import { useFormats, useWords } from "../i18n/context";
import { Icon } from "./Icon";
import styles from "./QuantityStepper.module.css";
import { uiWords } from "./words";

interface Props {
  value: number;
  max: number;
  /** What is being counted, for the group's spoken label. */
  name: string;
  onChange: (quantity: number) => void;
}

/** One fewer, the number, one more. It never offers more than may be bought. */
export function QuantityStepper({ value, max, name, onChange }: Props) {
  const words = useWords(uiWords);
  const { number } = useFormats();
  return (
    <div className={styles.stepper} role="group" aria-label={words.quantityOf(name)}>
      <button type="button" aria-label={words.fewer} disabled={value <= 1} onClick={() => onChange(value - 1)}>
        <Icon name="minus" size={18} />
      </button>
      <output aria-live="polite">{number(value)}</output>
      <button type="button" aria-label={words.more} disabled={value >= max} onClick={() => onChange(value + 1)}>
        <Icon name="plus" size={18} />
      </button>
    </div>
  );
}
