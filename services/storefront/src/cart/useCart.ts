/** The one cart of this page, and hooks on it. */
import { useSyncExternalStore } from "react";
import { CartStore, type CartLine } from "./store";

function browserStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export const cart = new CartStore(browserStorage());
cart.listenTo(window);

export function useCartLines(): readonly CartLine[] {
  return useSyncExternalStore(cart.subscribe, cart.getLines);
}

export function useCartCount(): number {
  return useCartLines().reduce((sum, line) => sum + line.quantity, 0);
}
