/** What came of a press on the button, said exactly as far as it is known. */
import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { ShopProblem } from "../../api/problem";
import type { usePlaceOrder } from "../../checkout/useCheckout";
import { useFormats, useWords } from "../../i18n/context";
import { Alert, ProblemAlert } from "../../ui/Alert";
import styles from "./CheckoutPage.module.css";
import { checkoutWords } from "./words";

interface Props {
  problem: unknown;
  /** The total under which the order was sent. */
  agreedTotal: number | null;
  /** The total as it is now; null while it is being asked for. */
  newTotal: number | null;
}

/** On a phone the button is always in reach and this is not, so it comes into view and takes the focus. */
export function Outcome(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { problem } = props;
  useEffect(() => {
    if (!problem || (problem instanceof ShopProblem && problem.fields.length > 0)) return;
    place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "center" });
  }, [problem]);
  return (
    <div ref={place} tabIndex={-1} className={styles.outcome}>
      <Message {...props} />
    </div>
  );
}

function Message({ problem, agreedTotal, newTotal }: Props) {
  const words = useWords(checkoutWords);
  const { money, text } = useFormats();
  if (!problem) return null;
  if (!(problem instanceof ShopProblem)) return <ProblemAlert problem={problem} />;
  if (problem.outcomeUnknown) {
    return (
      <Alert tone="problem" title={words.unknownTitle}>
        <p>{words.unknownText}</p>
      </Alert>
    );
  }
  if (problem.code === "total_changed") {
    const known = agreedTotal !== null && newTotal !== null && agreedTotal !== newTotal;
    return (
      <Alert tone="problem" title={words.totalChangedTitle}>
        <p>{known ? words.totalChanged(money(agreedTotal), money(newTotal)) : words.totalChangedChecking}</p>
      </Alert>
    );
  }
  if (problem.code === "out_of_stock") {
    return (
      <Alert tone="problem" title={words.soldOutTitle}>
        <p>{text(problem.messages)}</p>
        <p>{words.soldOutText}</p>
        <Link to="/cart" className="button button-quiet">
          {words.edit}
        </Link>
      </Alert>
    );
  }
  return <ProblemAlert problem={problem} />;
}

/** An attempt from before a reload, of which nobody knows whether it arrived. */
export function PendingAttempt({ order }: { order: ReturnType<typeof usePlaceOrder> }) {
  const words = useWords(checkoutWords);
  return (
    <Alert tone="warning" title={words.pendingTitle}>
      <p>{words.pendingText}</p>
      <div className={styles.pending}>
        <button type="button" className="button button-main" onClick={() => order.placing.mutate(null)}>
          {words.pendingCheck}
        </button>
        <button type="button" className="button button-link" onClick={order.dropUnsettled}>
          {words.pendingDrop}
        </button>
      </div>
      <p className="hint">{words.pendingDropText}</p>
    </Alert>
  );
}
