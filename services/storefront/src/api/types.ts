/**
 * The API's shapes under the names used here. They are read from the paths, not from schema names, so the backend
 * may rename a schema without touching this folder. Money fields end in `_poisha` (100 poisha = 1 taka).
 */
import type { paths } from "./schema";

type Answer<P extends keyof paths, M extends keyof paths[P], S extends number = 200> = paths[P][M] extends {
  responses: Record<S, { content: { "application/json": infer Body } }>;
}
  ? Body
  : never;

type Sent<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  requestBody: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

type QueryOf<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  parameters: { query?: infer Query };
}
  ? NonNullable<Query>
  : never;

export type Category = Answer<"/api/v1/catalog/categories", "get">[number];
export type ProductPage = Answer<"/api/v1/catalog/products", "get">;
export type ProductSummary = ProductPage["items"][number];
export type ProductQuery = QueryOf<"/api/v1/catalog/products", "get">;
export type Filters = Answer<"/api/v1/catalog/filters", "get">;
export type Product = Answer<"/api/v1/catalog/products/{slug}", "get">;
export type Variant = Product["variants"][number];
export type Picture = Category["picture"];
export type Stock = ProductSummary["stock"];

export type Locations = Answer<"/api/v1/locations", "get">;
export type Quote = Answer<"/api/v1/cart/quote", "post">;
export type QuoteLine = Quote["lines"][number];
export type OrderInput = Sent<"/api/v1/orders", "post">;
export type Order = Answer<"/api/v1/orders/{token}", "get">;
export type OrderStatus = Order["status"];
export type PaymentStatus = Order["payment"]["status"];

export type Session = Answer<"/api/v1/account/session", "get">;
export type Customer = NonNullable<Session["customer"]>;
export type AddressInput = Sent<"/api/v1/account/addresses", "post">;
export type Address = Answer<"/api/v1/account/addresses", "get">[number];
export type OrderHistoryPage = Answer<"/api/v1/account/orders", "get">;
