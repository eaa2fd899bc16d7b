/** What is known of the payment. The address says only which button the shopper left by; the order says the truth. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { startPayment } from "../../api/orders";
import type { Order } from "../../api/types";
import { gatewayAddress } from "../../checkout/gateway";
import { useFormats, useWords } from "../../i18n/context";
import { Alert, ProblemAlert } from "../../ui/Alert";
import styles from "./OrderPage.module.css";
import { statusWords } from "./statusWords";
import { orderWords } from "./words";

/** After a return that claims success, "pay again" waits this long: two payments are worse than one minute. */
const PATIENCE_SECONDS = 60;

export function PaymentNews({ order, returned }: { order: Order; returned: string | null }) {
  const words = useWords(orderWords);
  const { status, payment } = order;
  if (payment.status === "refund_requested") {
    return (
      <Alert tone="news" title={words.refundTitle}>
        <p>{words.refundText}</p>
      </Alert>
    );
  }
  if (status === "cancelled") {
    return (
      <Alert tone="news">
        <p>{words.cancelled}</p>
      </Alert>
    );
  }
  if (status === "expired") {
    return (
      <Alert tone="warning" title={words.expiredTitle}>
        <p>{words.expiredText}</p>
      </Alert>
    );
  }
  if (status === "confirmed" && payment.status === "paid" && returned) {
    return (
      <Alert tone="good" title={words.paidTitle}>
        <p>{words.paidText}</p>
      </Alert>
    );
  }
  if (status !== "awaiting_payment") return null;
  return <AwaitingPayment order={order} returned={returned} />;
}

function AwaitingPayment({ order, returned }: { order: Order; returned: string | null }) {
  const words = useWords(orderWords);
  const statuses = useWords(statusWords);
  const { time } = useFormats();
  const paying = useMutation({
    mutationFn: () => startPayment(order.token),
    onSuccess: (address) => location.assign(gatewayAddress(address)),
  });
  useReturnFromGateway(paying.reset);
  const failed = returned === "fail" || order.payment.status === "failed";
  const waiting = returned === "success" && !failed;
  const longWait = useLongWait(waiting);
  const title = waiting
    ? words.returnedSuccessTitle
    : failed
      ? words.returnedFailTitle
      : returned === "cancel"
        ? words.returnedCancelTitle
        : statuses.awaiting_payment;
  const text = waiting ? words.returnedSuccess : failed ? words.returnedFail : words.returnedCancel;
  return (
    <div className={styles.pay}>
      <Alert tone={waiting ? "news" : "warning"} title={title}>
        {(waiting || failed || returned === "cancel") && <p>{text}</p>}
        {order.expires_at && !waiting && <p>{words.payBefore(time(order.expires_at))}</p>}
        {longWait && <p>{words.stillWaiting}</p>}
        {order.can_pay && (!waiting || longWait) && (
          <div>
            <button
              type="button"
              className={`button ${waiting ? "button-quiet" : "button-buy button-large"}`}
              disabled={paying.isPending || paying.isSuccess}
              onClick={() => paying.mutate()}
            >
              {paying.isPending || paying.isSuccess ? words.paying : words.payNow}
            </button>
          </div>
        )}
      </Alert>
      <ProblemAlert problem={paying.error} />
    </div>
  );
}

/** True once the bank's answer has been awaited for longer than usual. */
function useLongWait(waiting: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setLong(true), PATIENCE_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [waiting]);
  return waiting && long;
}

/** "Back" from the gateway may restore this page as it was left, with its button still busy. */
function useReturnFromGateway(reset: () => void): void {
  useEffect(() => {
    const onShow = (event: PageTransitionEvent) => {
      if (event.persisted) reset();
    };
    window.addEventListener("pageshow", onShow);
    return () => window.removeEventListener("pageshow", onShow);
  }, [reset]);
}
