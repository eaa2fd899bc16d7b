import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { orderHistoryQuery } from "../../api/account";
import { useFormats, useWords } from "../../i18n/context";
import { LoadingNote, Skeleton } from "../../ui/Skeleton";
import { EmptyState, ErrorState } from "../../ui/States";
import { statusWords } from "../order/statusWords";
import styles from "./AccountPage.module.css";
import { accountWords } from "./words";

export function OrderHistory() {
  const words = useWords(accountWords);
  const statuses = useWords(statusWords);
  const { money, dateTime, number } = useFormats();
  const history = useInfiniteQuery(orderHistoryQuery);
  const items = history.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section id="orders" className={`panel ${styles.section}`} aria-labelledby="orders-heading">
      <h2 id="orders-heading">{words.orders}</h2>
      {history.isPending && (
        <>
          <LoadingNote />
          <Skeleton shape="block" />
        </>
      )}
      {history.isError && items.length === 0 && (
        <ErrorState problem={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.isSuccess && items.length === 0 && (
        <EmptyState icon="box" title={words.noOrders} text={words.noOrdersText}>
          <Link to="/" className="button button-main">
            {words.startShopping}
          </Link>
        </EmptyState>
      )}
      <ul className={styles.orders}>
        {items.map((each) => (
          <li key={each.token}>
            <Link to={`/orders/${each.token}`} className={styles.order}>
              <span className={styles.number}>{each.number}</span>
              <span className={styles.total}>{money(each.total_poisha)}</span>
              <span className="hint">
                {dateTime(each.created_at)} · {words.items(each.item_count, number(each.item_count))}
              </span>
              <span className={styles.status}>{statuses[each.status]}</span>
            </Link>
          </li>
        ))}
      </ul>
      {history.hasNextPage && (
        <button
          type="button"
          className="button button-quiet"
          disabled={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {history.isFetchingNextPage ? words.fetching : words.moreOrders}
        </button>
      )}
    </section>
  );
}
