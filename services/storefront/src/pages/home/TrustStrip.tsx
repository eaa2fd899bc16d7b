import { appWords } from "../../app/words";
import { useWords } from "../../i18n/context";
import { Icon, type IconName } from "../../ui/Icon";
import styles from "./TrustStrip.module.css";

/** Four promises that the shop keeps. */
export function TrustStrip() {
  const words = useWords(appWords);
  const promises: { icon: IconName; title: string; text: string }[] = [
    { icon: "cash", title: words.trustCash, text: words.trustCashText },
    { icon: "truck", title: words.trustDelivery, text: words.trustDeliveryText },
    { icon: "shield", title: words.trustWarranty, text: words.trustWarrantyText },
    { icon: "card", title: words.trustPay, text: words.trustPayText },
  ];
  return (
    <ul className={styles.strip}>
      {promises.map((promise) => (
        <li key={promise.icon}>
          <Icon name={promise.icon} size={28} />
          <div>
            <p className={styles.title}>{promise.title}</p>
            <p className={styles.text}>{promise.text}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
