/**
 * The cart: what the shopper wants, kept by this browser. It holds only SKUs and quantities; names, prices and stock
 * always come from the server's quote. All tabs share it through the storage event.
 */

export interface CartLine {
  readonly sku: string;
  readonly quantity: number;
}

export const MAX_LINES = 50;
export const MAX_QUANTITY = 10;

const STORAGE_KEY = "dhakacart.cart";

/** What could be done: the line was added, or it already holds as many as one may buy, or the cart is full. */
export type AddResult = "added" | "line_full" | "cart_full";

export class CartStore {
  private lines: readonly CartLine[];
  private readonly listeners = new Set<() => void>();

  constructor(private readonly storage: Storage | null) {
    this.lines = this.read();
  }

  /** Follow the other tabs of this browser. */
  listenTo(target: Window): void {
    target.addEventListener("storage", (event) => {
      if (event.key !== STORAGE_KEY && event.key !== null) return;
      this.lines = this.read();
      this.tell();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getLines = (): readonly CartLine[] => this.lines;

  add(sku: string, quantity = 1): AddResult {
    const held = this.lines.find((line) => line.sku === sku)?.quantity ?? 0;
    if (held >= MAX_QUANTITY) return "line_full";
    if (held === 0 && this.lines.length >= MAX_LINES) return "cart_full";
    this.setQuantity(sku, held + quantity);
    return "added";
  }

  /** Sets a line's quantity, 1 to MAX_QUANTITY; zero or less takes the line out. */
  setQuantity(sku: string, quantity: number): void {
    const wanted = Math.min(Math.trunc(quantity), MAX_QUANTITY);
    if (wanted < 1) return this.remove(sku);
    const known = this.lines.some((line) => line.sku === sku);
    this.write(
      known
        ? this.lines.map((line) => (line.sku === sku ? { sku, quantity: wanted } : line))
        : [...this.lines, { sku, quantity: wanted }].slice(0, MAX_LINES),
    );
  }

  remove(sku: string): void {
    this.write(this.lines.filter((line) => line.sku !== sku));
  }

  /** Take out what was ordered, and only that: another tab may have added more meanwhile. */
  takeOut(ordered: readonly CartLine[]): void {
    const bought = new Map(ordered.map((line) => [line.sku, line.quantity]));
    this.write(
      this.lines
        .map((line) => ({ sku: line.sku, quantity: line.quantity - (bought.get(line.sku) ?? 0) }))
        .filter((line) => line.quantity > 0),
    );
  }

  private write(lines: readonly CartLine[]): void {
    this.lines = lines;
    try {
      this.storage?.setItem(STORAGE_KEY, JSON.stringify(lines));
    } catch {
      // A full or forbidden storage: the cart then lives as long as this page.
    }
    this.tell();
  }

  private read(): readonly CartLine[] {
    try {
      return parseLines(this.storage?.getItem(STORAGE_KEY) ?? null);
    } catch {
      return [];
    }
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Whatever stands in storage, as a lawful cart: what makes no sense is left out rather than trusted. */
export function parseLines(stored: string | null): readonly CartLine[] {
  if (stored === null) return [];
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  const lines = new Map<string, CartLine>();
  for (const each of value as unknown[]) {
    if (typeof each !== "object" || each === null) continue;
    const { sku, quantity } = each as Record<string, unknown>;
    if (typeof sku !== "string" || sku === "" || !Number.isInteger(quantity)) continue;
    const count = quantity as number;
    if (count >= 1) lines.set(sku, { sku, quantity: Math.min(count, MAX_QUANTITY) });
  }
  return [...lines.values()].slice(0, MAX_LINES);
}
