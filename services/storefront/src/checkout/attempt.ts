/**
 * One attempt at an order: its idempotency key, and every body sent under it whose fate is unknown.
 *
 * The key outlives reloads and retries (sessionStorage), so an answer that was lost on the way never becomes a second
 * order. A changed body goes out under the same key while an earlier one is unsettled: the server then either takes
 * it (the earlier one never arrived) or says `idempotency_key_reused` (it did), and the earlier body, sent once more,
 * fetches the order that was placed.
 */
import { ShopProblem } from "../api/problem";
import type { Order, OrderInput } from "../api/types";

const STORAGE_KEY = "dhakacart.checkout-attempt";
const KEY_BYTES = 24;
const MAX_UNSETTLED = 5;

export interface Attempt {
  readonly key: string;
  /** Oldest first. */
  readonly unsettled: readonly OrderInput[];
}

export interface Placed {
  order: Order;
  /** True when the order is one that an earlier, unanswered press of the button had placed. */
  earlier: boolean;
}

export type Send = (key: string, body: OrderInput) => Promise<Order>;

/** 32 characters of [A-Za-z0-9_-]; getRandomValues works outside secure contexts too, unlike randomUUID. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

export class AttemptStore {
  private memory: Attempt | null = null;

  constructor(private readonly storage: Storage | null) {}

  /** The open attempt, if a body was sent whose fate is unknown. */
  current(): Attempt | null {
    try {
      const stored = this.storage?.getItem(STORAGE_KEY);
      return stored ? (JSON.parse(stored) as Attempt) : this.memory;
    } catch {
      return this.memory;
    }
  }

  /** Record, before it is sent, that this body goes out. */
  open(body: OrderInput): Attempt {
    const before = this.current();
    const others = (before?.unsettled ?? []).filter((each) => !sameBody(each, body));
    const attempt = {
      key: before?.key ?? newIdempotencyKey(),
      unsettled: [...others, body].slice(-MAX_UNSETTLED),
    };
    this.keep(attempt);
    return attempt;
  }

  /** This body was refused for certain; with nothing else unsettled the attempt is over. */
  settle(body: OrderInput): void {
    const before = this.current();
    const unsettled = (before?.unsettled ?? []).filter((each) => !sameBody(each, body));
    this.keep(before && unsettled.length > 0 ? { key: before.key, unsettled } : null);
  }

  close(): void {
    this.keep(null);
  }

  private keep(attempt: Attempt | null): void {
    this.memory = attempt;
    try {
      if (attempt) this.storage?.setItem(STORAGE_KEY, JSON.stringify(attempt));
      else this.storage?.removeItem(STORAGE_KEY);
    } catch {
      // Memory still guards retries on this page.
    }
  }
}

/**
 * Send an order, once in effect however often it is called.
 *
 * Throws ShopProblem: with `outcomeUnknown` the attempt stays open and the next call uses the same key.
 */
export async function placeOrder(body: OrderInput, store: AttemptStore, send: Send): Promise<Placed> {
  const attempt = store.open(body);
  try {
    const order = await send(attempt.key, body);
    store.close();
    return { order, earlier: false };
  } catch (problem) {
    if (!(problem instanceof ShopProblem) || problem.outcomeUnknown) throw problem;
    store.settle(body);
    if (problem.code !== "idempotency_key_reused") throw problem;
    return fetchEarlier(attempt, body, problem, store, send);
  }
}

/** Ask what became of the last unanswered body, by sending exactly it again. */
export async function resumeAttempt(store: AttemptStore, send: Send): Promise<Placed | null> {
  const body = store.current()?.unsettled.at(-1);
  return body ? { ...(await placeOrder(body, store, send)), earlier: true } : null;
}

async function fetchEarlier(
  attempt: Attempt,
  refused: OrderInput,
  refusal: ShopProblem,
  store: AttemptStore,
  send: Send,
): Promise<Placed> {
  for (const body of [...attempt.unsettled].reverse()) {
    if (sameBody(body, refused)) continue;
    try {
      const order = await send(attempt.key, body);
      store.close();
      return { order, earlier: true };
    } catch (problem) {
      if (!(problem instanceof ShopProblem) || problem.code !== "idempotency_key_reused") throw problem;
    }
  }
  // The key belongs to an order that this browser knows nothing of: the next press must not be barred for ever.
  store.close();
  throw refusal;
}

function sameBody(one: OrderInput, other: OrderInput): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
