import { beforeEach, describe, expect, it } from "vitest";
import { CartStore, MAX_LINES, MAX_QUANTITY, parseLines } from "./store";

const KEY = "dhakacart.cart";

beforeEach(() => {
  localStorage.clear();
});

describe("the cart", () => {
  it("adds up a product that is added twice, and is found again after a reload", () => {
    const cart = new CartStore(localStorage);
    cart.add("A");
    cart.add("A", 2);
    cart.add("B");

    const reloaded = new CartStore(localStorage);
    expect(reloaded.getLines()).toEqual([
      { sku: "A", quantity: 3 },
      { sku: "B", quantity: 1 },
    ]);
  });

  it("never holds more of one thing than may be ordered, and says so", () => {
    const cart = new CartStore(localStorage);
    expect(cart.add("A", MAX_QUANTITY + 5)).toBe("added");
    expect(cart.getLines()).toEqual([{ sku: "A", quantity: MAX_QUANTITY }]);
    expect(cart.add("A")).toBe("line_full");
  });

  it("never holds more lines than may be ordered, and says so", () => {
    const cart = new CartStore(localStorage);
    for (let index = 0; index < MAX_LINES; index += 1) cart.add(`SKU-${index}`);
    expect(cart.add("ONE-MORE")).toBe("cart_full");
    expect(cart.add("SKU-0")).toBe("added");
    expect(cart.getLines()).toHaveLength(MAX_LINES);
  });

  it("takes a line out when its quantity falls to nothing", () => {
    const cart = new CartStore(localStorage);
    cart.add("A", 2);
    cart.setQuantity("A", 0);
    expect(cart.getLines()).toEqual([]);
  });

  it("takes out only what was ordered, and keeps what another tab added meanwhile", () => {
    const cart = new CartStore(localStorage);
    cart.add("A", 3);
    cart.add("B");
    cart.takeOut([
      { sku: "A", quantity: 2 },
      { sku: "B", quantity: 1 },
    ]);
    expect(cart.getLines()).toEqual([{ sku: "A", quantity: 1 }]);
  });

  it("follows another tab and tells its listeners", () => {
    const cart = new CartStore(localStorage);
    cart.listenTo(window);
    let told = 0;
    cart.subscribe(() => {
      told += 1;
    });

    localStorage.setItem(KEY, JSON.stringify([{ sku: "B", quantity: 4 }]));
    window.dispatchEvent(new StorageEvent("storage", { key: KEY }));

    expect(cart.getLines()).toEqual([{ sku: "B", quantity: 4 }]);
    expect(told).toBe(1);
  });

  it("still works in a browser that refuses storage", () => {
    const refusing = {
      getItem: () => {
        throw new DOMException("no", "SecurityError");
      },
      setItem: () => {
        throw new DOMException("no", "QuotaExceededError");
      },
    } as unknown as Storage;
    for (const storage of [refusing, null]) {
      const cart = new CartStore(storage);
      cart.add("A");
      expect(cart.getLines()).toEqual([{ sku: "A", quantity: 1 }]);
    }
  });
});

describe("what stands in storage", () => {
  it.each([
    ["nothing", null],
    ["no JSON", "{oops"],
    ["no list", '{"sku":"A","quantity":1}'],
    ["lines that make no sense", '[null,1,"x",{"sku":""},{"sku":"A","quantity":0},{"sku":"A","quantity":1.5}]'],
  ])("is an empty cart when it is %s", (_name, stored) => {
    expect(parseLines(stored)).toEqual([]);
  });

  it("is cut to what may be ordered", () => {
    const lines = Array.from({ length: 80 }, (_, index) => ({ sku: `S${index}`, quantity: 99 }));
    const parsed = parseLines(JSON.stringify(lines));
    expect(parsed).toHaveLength(MAX_LINES);
    expect(parsed[0]).toEqual({ sku: "S0", quantity: MAX_QUANTITY });
  });
});
