// @vitest-environment node
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ShopClient } from "../api/client";
import { sendOrder } from "../api/orders";
import { ShopProblem } from "../api/problem";
import type { OrderInput } from "../api/types";
import { AttemptStore, newIdempotencyKey, placeOrder, resumeAttempt, type Send } from "./attempt";

/** A shop on loopback that keeps the contract of the idempotency key, and can lose answers or refuse. */
class LoopbackShop {
  readonly placed = new Map<string, { body: string; token: string }>();
  readonly keysSeen: string[] = [];
  loseAnswers = 0;
  loseRequests = 0;
  refuseWith: { status: number; code: string } | null = null;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<Send> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    const client = new ShopClient(`http://127.0.0.1:${port}`);
    return (key, body) => sendOrder(key, body, client);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const key = String(request.headers["idempotency-key"]);
    this.keysSeen.push(key);
    if (this.loseRequests > 0) {
      this.loseRequests -= 1;
      request.socket.destroy();
      return;
    }
    const known = this.placed.get(key);
    if (known && known.body !== body) {
      send(response, 409, problem(409, "idempotency_key_reused"));
      return;
    }
    if (!known && this.refuseWith) {
      send(response, this.refuseWith.status, problem(this.refuseWith.status, this.refuseWith.code));
      return;
    }
    const order = known ?? { body, token: `order-${this.placed.size + 1}` };
    this.placed.set(key, order);
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      request.socket.destroy();
      return;
    }
    send(response, 201, { token: order.token });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": status < 300 ? "application/json" : "application/problem+json" });
  response.end(JSON.stringify(body));
}

function problem(status: number, code: string) {
  return { type: "about:blank", title: code, status, code, detail: "", messages: { en: code, bn: code }, request_id: "r" };
}

function orderOf(quantity: number): OrderInput {
  return {
    lines: [{ sku: "A", quantity }],
    contact: { name: "Rahima", phone: "01712345678", email: null },
    address: { line1: "House 1", area: "Dhanmondi", district: "dhaka", postcode: null },
    payment_method: "cod",
    expected_total_poisha: quantity * 100,
    language: "en",
  };
}

/** Session storage that outlives the store on it, as it outlives a reload. */
function tabStorage(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  } as Storage;
}

let shop: LoopbackShop;
let sendTo: Send;
let storage: Storage;
/** The store as a freshly loaded page has it. */
const afterReload = () => new AttemptStore(storage);

beforeEach(async () => {
  shop = new LoopbackShop();
  sendTo = await shop.start();
  storage = tabStorage();
});

afterEach(() => shop.stop());

describe("placing an order", () => {
  it("uses a new key for each order that was answered", async () => {
    await placeOrder(orderOf(1), afterReload(), sendTo);
    await placeOrder(orderOf(1), afterReload(), sendTo);
    expect(shop.placed.size).toBe(2);
    expect(new Set(shop.keysSeen).size).toBe(2);
  });

  it("places one order, although its answer was lost and the page reloaded before the retry", async () => {
    shop.loseAnswers = 1;
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toMatchObject({ outcomeUnknown: true });

    const { order } = await placeOrder(orderOf(1), afterReload(), sendTo);

    expect(order.token).toBe("order-1");
    expect(shop.placed.size).toBe(1);
    expect(afterReload().current()).toBeNull();
  });

  it("finds the earlier order, although the cart was changed after its answer was lost", async () => {
    shop.loseAnswers = 1;
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toThrow();

    const placed = await placeOrder(orderOf(2), afterReload(), sendTo);

    expect(placed).toMatchObject({ earlier: true, order: { token: "order-1" } });
    expect(shop.placed.size).toBe(1);
  });

  it("orders the changed cart when the first request never arrived", async () => {
    shop.loseRequests = 1;
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toThrow();

    const placed = await placeOrder(orderOf(2), afterReload(), sendTo);

    expect(placed.earlier).toBe(false);
    expect([...shop.placed.values()].map((each) => (JSON.parse(each.body) as OrderInput).lines)).toEqual([
      orderOf(2).lines,
    ]);
  });

  it.each(["total_changed", "out_of_stock"])("is over after %s: the next press is a new attempt", async (code) => {
    shop.refuseWith = { status: 409, code };
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toMatchObject({ code });
    expect(afterReload().current()).toBeNull();

    shop.refuseWith = null;
    await placeOrder(orderOf(1), afterReload(), sendTo);
    expect(new Set(shop.keysSeen).size).toBe(2);
  });

  it("keeps the key while an earlier body is unsettled, although a later one was refused for certain", async () => {
    shop.loseRequests = 1;
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toThrow();
    shop.refuseWith = { status: 422, code: "invalid_input" };
    await expect(placeOrder(orderOf(2), afterReload(), sendTo)).rejects.toThrow();

    expect(afterReload().current()?.unsettled).toEqual([orderOf(1)]);
    shop.refuseWith = null;
    await placeOrder(orderOf(3), afterReload(), sendTo);
    expect(new Set(shop.keysSeen).size).toBe(1);
  });

  it("leaves a server's failure open, since the order may stand", async () => {
    shop.refuseWith = { status: 503, code: "unavailable" };
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toBeInstanceOf(ShopProblem);
    expect(afterReload().current()?.unsettled).toEqual([orderOf(1)]);
  });

  it("gives up on a key that belongs to an order this browser knows nothing of", async () => {
    const store = afterReload();
    const { key } = store.open(orderOf(1));
    shop.placed.set(key, { body: "another", token: "another" });

    await expect(placeOrder(orderOf(2), store, sendTo)).rejects.toMatchObject({ code: "idempotency_key_reused" });
    expect(afterReload().current()).toBeNull();
  });

  it("still guards a retry where the browser refuses storage", async () => {
    const store = new AttemptStore(null);
    shop.loseAnswers = 1;
    await expect(placeOrder(orderOf(1), store, sendTo)).rejects.toThrow();
    await placeOrder(orderOf(1), store, sendTo);
    expect(shop.placed.size).toBe(1);
  });
});

describe("resuming after a reload", () => {
  it("fetches the order whose answer was lost", async () => {
    shop.loseAnswers = 1;
    await expect(placeOrder(orderOf(1), afterReload(), sendTo)).rejects.toThrow();
    expect(await resumeAttempt(afterReload(), sendTo)).toMatchObject({ earlier: true, order: { token: "order-1" } });
    expect(shop.placed.size).toBe(1);
  });

  it("does nothing when every attempt was answered", async () => {
    expect(await resumeAttempt(afterReload(), sendTo)).toBeNull();
    expect(shop.keysSeen).toEqual([]);
  });
});

describe("the idempotency key", () => {
  it("has the length and the letters that the API takes, and is never the same", () => {
    const keys = Array.from({ length: 200 }, newIdempotencyKey);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
