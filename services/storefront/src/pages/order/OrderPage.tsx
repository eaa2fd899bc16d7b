/** One order, by its secret address: the payment's return, the tracking page, and the way to pay or cancel. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link, useLocation, useParams, useSearchParams } from "react-router";
import { orderQuery } from "../../api/orders";
import type { Order } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { announce } from "../../ui/announcer";
import { Alert } from "../../ui/Alert";
import { PageSkeleton } from "../../ui/Skeleton";
import { EmptyState, ErrorState, isMissing } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { CancelOrder } from "./CancelOrder";
import { OrderDetails } from "./OrderDetails";
import styles from "./OrderPage.module.css";
import { PaymentNews } from "./PaymentNews";
import { StatusTimeline } from "./StatusTimeline";
import { statusWords } from "./statusWords";
import { orderWords } from "./words";

export default function OrderPage() {
  const words = useWords(orderWords);
  const token = useParams().token ?? "";
  const order = useQuery(orderQuery(token));
  usePageTitle(order.data ? words.title(order.data.number) : null);

  if (order.isPending) return <PageSkeleton />;
  if (order.data) return <OrderView order={order.data} />;
  if (!isMissing(order.error)) return <ErrorState heading="h1" problem={order.error} onRetry={() => void order.refetch()} />;
  return (
    <div className="page">
      <EmptyState icon="box" heading="h1" title={words.notFoundTitle} text={words.notFoundText}>
        <Link to="/" className="button button-main">
          {words.shopOn}
        </Link>
      </EmptyState>
    </div>
  );
}

function OrderView({ order }: { order: Order }) {
  const words = useWords(orderWords);
  const { dateTime } = useFormats();
  const [params] = useSearchParams();
  const arrival = useLocation().state as { placed?: boolean; earlier?: boolean } | null;
  useSpokenStatus(order);
  return (
    <div className={`page ${styles.page}`}>
      <header className={styles.head}>
        <h1>{words.title(order.number)}</h1>
        <p className="muted">{words.placedAt(dateTime(order.created_at))}</p>
      </header>
      {arrival?.placed && order.status === "confirmed" && (
        <Alert tone="good" title={words.thanks}>
          <p>{words.thanksText}</p>
        </Alert>
      )}
      {arrival?.earlier && order.status !== "cancelled" && (
        <Alert tone="news">
          <p>{words.earlier}</p>
        </Alert>
      )}
      <PaymentNews order={order} returned={params.get("payment")} />
      <div className={styles.layout}>
        <div className={styles.column}>
          <StatusTimeline order={order} />
          {order.can_cancel && <CancelOrder order={order} />}
        </div>
        <OrderDetails order={order} />
      </div>
    </div>
  );
}

/** A status that changes while the page is open is said aloud, once. */
function useSpokenStatus(order: Order) {
  const words = useWords(orderWords);
  const statuses = useWords(statusWords);
  const last = useRef(order.status);
  useEffect(() => {
    if (last.current === order.status) return;
    last.current = order.status;
    announce(words.statusNow(statuses[order.status]));
  }, [order.status, words, statuses]);
}
