/** The checkout's state and its one action, apart from how it looks. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { quoteQuery, sendOrder, startPayment } from "../api/orders";
import { ShopProblem } from "../api/problem";
import type { Customer, OrderInput } from "../api/types";
import { cart, useCartLines } from "../cart/useCart";
import { useLanguage } from "../i18n/context";
import { AttemptStore, placeOrder, resumeAttempt, type Placed } from "./attempt";
import { gatewayAddress } from "./gateway";
import { draftProblems, EMPTY_DRAFT, loadDraft, normalisePhone, orderInput, saveDraft, type Draft } from "./draft";

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

const storage = tabStorage();
const attempts = new AttemptStore(storage);
const send = (key: string, body: OrderInput) => sendOrder(key, body);

/** The draft of this tab; a customer's own name, phone and e-mail stand where nothing was typed before. */
export function useDraft(customer: Customer | null) {
  const [draft, setDraft] = useState<Draft>(() => {
    const stored = loadDraft(storage);
    return {
      ...stored,
      name: stored.name || (customer?.name ?? ""),
      phone: stored.phone || normalisePhone(customer?.phone ?? ""),
      email: stored.email || (customer?.email ?? ""),
    };
  });
  function change(changes: Partial<Draft>) {
    const next = { ...draft, ...changes };
    setDraft(next);
    saveDraft(storage, next);
  }
  return [draft, change] as const;
}

/** Places orders and settles the unanswered one; on success it leaves for the order's page or the gateway's. */
export function usePlaceOrder() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [unsettled, setUnsettled] = useState(() => attempts.current()?.unsettled.at(-1) ?? null);

  const placing = useMutation({
    mutationFn: (body: OrderInput | null) =>
      body ? placeOrder(body, attempts, send) : resumeAttempt(attempts, send),
    onSuccess: (placed) => (placed ? leave(placed) : undefined),
    onError: (problem) => {
      // Prices or stock are not what was shown: show what they are now before anything is tried again.
      const stale = problem instanceof ShopProblem && ["total_changed", "out_of_stock"].includes(problem.code);
      return stale ? client.invalidateQueries({ queryKey: ["quote"] }) : undefined;
    },
    onSettled: () => setUnsettled(attempts.current()?.unsettled.at(-1) ?? null),
  });

  async function leave({ order, earlier }: Placed) {
    client.setQueryData(["order", order.token], order);
    await client.invalidateQueries({ queryKey: ["account", "orders"] });
    cart.takeOut(order.lines);
    saveDraft(storage, { ...loadDraft(storage), payment: EMPTY_DRAFT.payment });
    const gateway = order.can_pay ? await gatewayFor(order.token) : null;
    // Also on the way to the gateway, so that "back" from there leads to the order and not to a spent checkout.
    await navigate(`/orders/${order.token}`, { replace: true, state: { placed: true, earlier } });
    if (gateway) location.assign(gateway);
  }

  return {
    placing,
    unsettled,
    dropUnsettled: () => {
      attempts.close();
      setUnsettled(null);
    },
  };
}

/** The gateway's page, or null: the order stands all the same, and its page offers the payment again. */
async function gatewayFor(token: string): Promise<string | null> {
  try {
    return gatewayAddress(await startPayment(token));
  } catch {
    return null;
  }
}

export function useCheckoutQuote(district: string) {
  const lines = useCartLines();
  return useQuery(quoteQuery(lines, district || null));
}

/** The order to send, or null when the draft or the quote does not allow one yet. */
export function useOrderInput(draft: Draft, totalPoisha: number | null): OrderInput | null {
  const lines = useCartLines();
  const { language } = useLanguage();
  if (totalPoisha === null || lines.length === 0 || Object.keys(draftProblems(draft)).length > 0) return null;
  return orderInput(draft, lines, totalPoisha, language);
}
