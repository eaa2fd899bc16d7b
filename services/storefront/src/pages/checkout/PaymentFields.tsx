import type { PaymentMethod } from "../../checkout/draft";
import { useWords } from "../../i18n/context";
import { Icon, type IconName } from "../../ui/Icon";
import type { FieldsProps } from "./CheckoutForm";
import styles from "./PaymentFields.module.css";
import { checkoutWords } from "./words";

export function PaymentFields({ draft, change }: FieldsProps) {
  const words = useWords(checkoutWords);
  const methods: { value: PaymentMethod; icon: IconName; title: string; text: string }[] = [
    { value: "cod", icon: "cash", title: words.cod, text: words.codText },
    { value: "sslcommerz", icon: "card", title: words.sslcommerz, text: words.sslcommerzText },
  ];
  return (
    <fieldset className="panel">
      <legend className="visually-hidden">{words.payment}</legend>
      <h2 aria-hidden="true">{words.payment}</h2>
      <div className={styles.methods}>
        {methods.map((method) => (
          <label key={method.value} className={styles.method}>
            <input
              type="radio"
              name="payment"
              value={method.value}
              checked={draft.payment === method.value}
              onChange={() => change({ payment: method.value })}
            />
            <Icon name={method.icon} size={28} />
            <span>
              <strong>{method.title}</strong>
              <span className={styles.text}>{method.text}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
