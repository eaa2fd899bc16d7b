import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { cancelOrder } from "../../api/orders";
import type { Order } from "../../api/types";
import { useWords } from "../../i18n/context";
import { ProblemAlert } from "../../ui/Alert";
import styles from "./CancelOrder.module.css";
import { orderWords } from "./words";

/** Asks once more before it cancels; what the server answers is what the page then shows. */
export function CancelOrder({ order }: { order: Order }) {
  const words = useWords(orderWords);
  const client = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const cancelling = useMutation({
    mutationFn: () => cancelOrder(order.token),
    onSuccess: (cancelled) => {
      client.setQueryData(["order", order.token], cancelled);
      void client.invalidateQueries({ queryKey: ["account", "orders"] });
      document.getElementById("content")?.focus({ preventScroll: true });
    },
    // It may have been shipped meanwhile: show it as it is.
    onError: () => client.invalidateQueries({ queryKey: ["order", order.token] }),
    onSettled: () => dialog.current?.close(),
  });
  return (
    <div className={styles.cancel}>
      <ProblemAlert problem={cancelling.error} />
      <button type="button" className="button button-danger" onClick={() => dialog.current?.showModal()}>
        {words.cancel}
      </button>
      <dialog ref={dialog} className={styles.dialog} aria-labelledby="cancel-heading" aria-describedby="cancel-text">
        <h2 id="cancel-heading">{words.cancelTitle}</h2>
        <p id="cancel-text">{words.cancelText}</p>
        <div className={styles.buttons}>
          <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
            {words.cancelNo}
          </button>
          <button
            type="button"
            className="button button-danger"
            disabled={cancelling.isPending}
            onClick={() => cancelling.mutate()}
          >
            {cancelling.isPending ? words.cancelling : words.cancelYes}
          </button>
        </div>
      </dialog>
    </div>
  );
}
