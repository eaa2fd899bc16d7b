import { Link } from "react-router";
import type { Order } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { Picture } from "../../ui/Picture";
import styles from "./OrderDetails.module.css";
import { orderWords } from "./words";

/** What was ordered, what it costs, where it goes. */
export function OrderDetails({ order }: { order: Order }) {
  const words = useWords(orderWords);
  const { text, money, number } = useFormats();
  const { address, contact, payment } = order;
  return (
    <div className={styles.details}>
      <section className="panel" aria-labelledby="lines-heading">
        <h2 id="lines-heading">{words.products}</h2>
        <ul className={styles.lines}>
          {order.lines.map((line) => (
            <li key={line.sku}>
              <div className={styles.picture}>
                <Picture picture={line.picture} decorative />
              </div>
              <div>
                <p className={styles.name}>
                  <Link to={`/p/${line.product_slug}`}>{text(line.name)}</Link>
                </p>
                <p className="hint">
                  {text(line.variant_name)} {words.times(number(line.quantity))}
                </p>
              </div>
              <p className={styles.price}>{money(line.line_total_poisha)}</p>
            </li>
          ))}
        </ul>
        <dl className={styles.sums}>
          <div>
            <dt>{words.subtotal}</dt>
            <dd>{money(order.subtotal_poisha)}</dd>
          </div>
          <div>
            <dt>{words.delivery}</dt>
            <dd>{money(order.delivery_poisha)}</dd>
          </div>
          <div className={styles.total}>
            <dt>{words.total}</dt>
            <dd>{money(order.total_poisha)}</dd>
          </div>
        </dl>
      </section>
      <div className={styles.pair}>
        <section className="panel" aria-labelledby="to-heading">
          <h2 id="to-heading">{words.deliverTo}</h2>
          <address className={styles.address}>
            <p>{contact.name}</p>
            <p>{contact.phone}</p>
            {contact.email && <p>{contact.email}</p>}
            <p>
              {address.line1}, {address.area}
            </p>
            <p>
              {text(address.district.name)}
              {address.postcode ? ` ${address.postcode}` : ""}
            </p>
          </address>
        </section>
        <section className="panel" aria-labelledby="payment-heading">
          <h2 id="payment-heading">{words.payment}</h2>
          <p>{words[`method_${payment.method}`]}</p>
          <p className={payment.status === "paid" ? styles.paid : "muted"}>{words[`payment_${payment.status}`]}</p>
        </section>
      </div>
    </div>
  );
}
