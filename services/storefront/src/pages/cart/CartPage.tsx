/** The cart, as the server prices it right now. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { quoteQuery } from "../../api/orders";
import type { Quote } from "../../api/types";
import { useCartLines } from "../../cart/useCart";
import { useFormats, useWords } from "../../i18n/context";
import { Alert } from "../../ui/Alert";
import { PageSkeleton } from "../../ui/Skeleton";
import { EmptyState, ErrorState } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { CartLineRow } from "./CartLineRow";
import styles from "./CartPage.module.css";
import { cartWords } from "./words";

export default function CartPage() {
  const words = useWords(cartWords);
  const lines = useCartLines();
  const quote = useQuery(quoteQuery(lines, null));
  usePageTitle(words.title);

  if (lines.length === 0) {
    return (
      <div className="page">
        <EmptyState icon="cart" heading="h1" title={words.emptyTitle} text={words.emptyText}>
          <Link to="/" className="button button-main button-large">
            {words.startShopping}
          </Link>
        </EmptyState>
      </div>
    );
  }
  if (quote.isPending) return <PageSkeleton />;
  if (quote.isError) return <ErrorState heading="h1" problem={quote.error} onRetry={() => void quote.refetch()} />;
  return (
    <div className={`page ${styles.page}`}>
      <h1>{words.title}</h1>
      <div className={styles.layout}>
        <ul className={styles.lines}>
          {lines.map((line) => (
            <CartLineRow
              key={line.sku}
              line={line}
              priced={quote.data.lines.find((each) => each.sku === line.sku) ?? null}
            />
          ))}
        </ul>
        <CartSummary quote={quote.data} updating={quote.isPlaceholderData} />
      </div>
    </div>
  );
}

function CartSummary({ quote, updating }: { quote: Quote; updating: boolean }) {
  const words = useWords(cartWords);
  const { money } = useFormats();
  return (
    <section className={`panel ${styles.summary}`} aria-labelledby="summary-heading">
      <h2 id="summary-heading">{words.summary}</h2>
      <dl className={styles.sums}>
        <div className={styles.subtotal}>
          <dt>{words.subtotal}</dt>
          <dd>{money(quote.subtotal_poisha)}</dd>
        </div>
        <div>
          <dt>{words.delivery}</dt>
          <dd className="hint">{words.deliveryLater}</dd>
        </div>
      </dl>
      <p role="status" className="hint">
        {updating && words.updating}
      </p>
      {!quote.orderable && !updating && (
        <Alert tone="warning">
          <p>{words.fixFirst}</p>
        </Alert>
      )}
      <div className={styles.bar}>
        <p className={styles.total}>
          <span>{words.subtotal}</span>
          <strong>{money(quote.subtotal_poisha)}</strong>
        </p>
        {quote.orderable || updating ? (
          <Link to="/checkout" className="button button-buy button-large">
            {words.checkout}
          </Link>
        ) : (
          <button type="button" className="button button-buy button-large" disabled>
            {words.checkout}
          </button>
        )}
      </div>
      <Link to="/" className="button button-link">
        {words.goOn}
      </Link>
    </section>
  );
}
