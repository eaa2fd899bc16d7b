import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Quote, QuoteLine } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { Alert, ProblemAlert } from "../../ui/Alert";
import { Picture } from "../../ui/Picture";
import { Skeleton } from "../../ui/Skeleton";
import { uiWords } from "../../ui/words";
import { cartWords } from "../cart/words";
import styles from "./OrderSummary.module.css";
import { checkoutWords } from "./words";

interface Props {
  quote: UseQueryResult<Quote>;
  formId: string;
  payOnline: boolean;
  hasDistrict: boolean;
  /** The sum for this cart and district is on its way. */
  counting: boolean;
  busy: boolean;
  children: ReactNode;
}

export function OrderSummary({ quote, formId, payOnline, hasDistrict, counting, busy, children }: Props) {
  const words = useWords(checkoutWords);
  const shared = useWords(uiWords);
  const { money } = useFormats();
  const now = quote.data;
  return (
    <section className={`panel ${styles.summary}`} aria-labelledby="order-heading">
      <div className={styles.heading}>
        <h2 id="order-heading">{words.summary}</h2>
        <Link to="/cart" className="button button-link">
          {words.edit}
        </Link>
      </div>
      {quote.isError && (
        <>
          <ProblemAlert problem={quote.error} />
          <button type="button" className="button button-quiet" onClick={() => void quote.refetch()}>
            {shared.retry}
          </button>
        </>
      )}
      {quote.isPending && <Skeleton shape="block" />}
      {now && (
        <>
          <SummaryLines quote={now} />
          <dl className={styles.sums}>
            <div>
              <dt>{words.subtotal}</dt>
              <dd>{money(now.subtotal_poisha)}</dd>
            </div>
            <div>
              <dt>{words.delivery}</dt>
              <dd>{now.delivery_poisha === null ? words.deliveryLater : money(now.delivery_poisha)}</dd>
            </div>
          </dl>
          {!now.orderable && !quote.isFetching && (
            <Alert tone="warning">
              <p>{words.cannotOrder}</p>
            </Alert>
          )}
        </>
      )}
      {children}
      <div className={styles.bar}>
        <p className={styles.total}>
          <span>{words.total}</span>
          <strong>{now && !counting ? money(now.total_poisha) : "…"}</strong>
          {now && !hasDistrict && <span className={styles.plus}>+ {words.delivery}</span>}
        </p>
        <button
          type="submit"
          form={formId}
          className="button button-buy button-large"
          aria-disabled={busy || counting}
          disabled={now !== undefined && !now.orderable}
        >
          {busy ? words.placing : payOnline ? words.placeAndPay : words.place}
        </button>
      </div>
      <p role="status" className="visually-hidden">
        {busy && words.placing}
      </p>
    </section>
  );
}

function SummaryLines({ quote }: { quote: Quote }) {
  const words = useWords(checkoutWords);
  const inCart = useWords(cartWords);
  const { text, money, number } = useFormats();
  function problemOf({ problem, max_quantity }: QuoteLine): string {
    if (problem === "insufficient_stock") return inCart.problem_insufficient_stock(number(max_quantity));
    return problem === "out_of_stock" ? inCart.problem_out_of_stock : inCart.problem_unknown_sku;
  }
  return (
    <ul className={styles.lines}>
      {quote.lines.map((line) => (
        <li key={line.sku}>
          <div className={styles.picture}>{line.picture && <Picture picture={line.picture} decorative />}</div>
          <div>
            <p className={styles.name}>{line.name ? text(line.name) : line.sku}</p>
            <p className="hint">
              {line.variant_name && text(line.variant_name)} {words.times(number(line.quantity))}
            </p>
            {line.problem && <p className="field-problem">{problemOf(line)}</p>}
          </div>
          <p className={styles.price}>{money(line.line_total_poisha)}</p>
        </li>
      ))}
    </ul>
  );
}
