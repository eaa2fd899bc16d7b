/** Places, prices and orders. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, shop } from "./client";
import type { Order, OrderInput } from "./types";

const AWAITING_POLL_SECONDS = 3;
const MOVING_POLL_SECONDS = 60;

export const locationsQuery = queryOptions({
  queryKey: ["locations"],
  queryFn: ({ signal }) => answerOf(shop.http.GET("/api/v1/locations", { signal })),
  staleTime: Infinity,
});

/** The server's prices for the cart; asked again whenever the cart page is opened, since stock moves. */
export function quoteQuery(lines: readonly { sku: string; quantity: number }[], district: string | null) {
  return queryOptions({
    queryKey: ["quote", lines, district],
    queryFn: ({ signal }) =>
      answerOf(
        shop.http.POST("/api/v1/cart/quote", {
          body: { lines: lines.map(({ sku, quantity }) => ({ sku, quantity })), ...(district ? { district } : {}) },
          signal,
        }),
      ),
    enabled: lines.length > 0,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

/** How long to wait before asking again, in milliseconds; false when the order has come to rest. */
export function pollInterval(order: Order | undefined): number | false {
  switch (order?.status) {
    case "awaiting_payment":
      return AWAITING_POLL_SECONDS * 1000;
    case "confirmed":
    case "packed":
    case "shipped":
      return MOVING_POLL_SECONDS * 1000;
    default:
      return false;
  }
}

export function orderQuery(token: string) {
  return queryOptions({
    queryKey: ["order", token],
    queryFn: ({ signal }) =>
      answerOf(shop.http.GET("/api/v1/orders/{token}", { params: { path: { token } }, signal })),
    staleTime: 0,
    refetchInterval: (query) => pollInterval(query.state.data),
    refetchOnWindowFocus: true,
  });
}

export function sendOrder(key: string, body: OrderInput, client = shop): Promise<Order> {
  return answerOf(client.http.POST("/api/v1/orders", { params: { header: { "Idempotency-Key": key } }, body }));
}

export function cancelOrder(token: string): Promise<Order> {
  return answerOf(shop.http.POST("/api/v1/orders/{token}/cancel", { params: { path: { token } } }));
}

/** The gateway's page for this order. */
export async function startPayment(token: string): Promise<string> {
  const { redirect_url } = await answerOf(
    shop.http.POST("/api/v1/orders/{token}/payment", { params: { path: { token } } }),
  );
  return redirect_url;
}
