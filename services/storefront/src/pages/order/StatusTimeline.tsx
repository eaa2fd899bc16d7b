import type { Order, OrderStatus } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { Icon } from "../../ui/Icon";
import styles from "./StatusTimeline.module.css";
import { statusWords } from "./statusWords";
import { orderWords } from "./words";

/** The way of an order that goes well; what has not happened yet is shown as still to come. */
const WAY: readonly OrderStatus[] = ["confirmed", "packed", "shipped", "delivered"];

interface Step {
  status: OrderStatus;
  at: string | null;
  state: "done" | "current" | "toCome";
}

export function stepsOf(order: Pick<Order, "status" | "history">): Step[] {
  const past: Step[] = order.history.map(({ status, at }) => ({ status, at, state: "done" }));
  const last = past.at(-1);
  if (last) last.state = order.status === "delivered" ? "done" : "current";
  if (order.status === "cancelled" || order.status === "expired") return past;
  const reached = WAY.indexOf(order.status);
  const ahead = WAY.slice(reached + 1).map((status): Step => ({ status, at: null, state: "toCome" }));
  return [...past, ...ahead];
}

export function StatusTimeline({ order }: { order: Order }) {
  const words = useWords(orderWords);
  const statuses = useWords(statusWords);
  const { dateTime } = useFormats();
  const ended = order.status === "cancelled" || order.status === "expired";
  return (
    <section className="panel" aria-labelledby="progress-heading">
      <h2 id="progress-heading">{words.progress}</h2>
      <ol className={styles.steps}>
        {stepsOf(order).map((step, index) => (
          <li
            key={`${index}-${step.status}`}
            className={`${styles[step.state]} ${ended && step.state === "current" ? styles.ended : ""}`}
            {...(step.state === "current" ? { "aria-current": "step" as const } : {})}
          >
            <span className={styles.dot}>
              {step.state !== "toCome" && <Icon name={ended && step.state === "current" ? "close" : "check"} size={16} />}
            </span>
            <div>
              <p className={styles.name}>
                {statuses[step.status]}
                <span className="visually-hidden"> ({words[step.state]})</span>
              </p>
              {step.at && <p className="hint">{dateTime(step.at)}</p>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
