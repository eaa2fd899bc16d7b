/** Reads of the catalogue, as TanStack Query options. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answerOf, shop } from "./client";
import type { ProductQuery } from "./types";

const CATALOGUE_STALE_SECONDS = 60;
const staleTime = CATALOGUE_STALE_SECONDS * 1000;

export const categoriesQuery = queryOptions({
  queryKey: ["categories"],
  queryFn: ({ signal }) => answerOf(shop.http.GET("/api/v1/catalog/categories", { signal })),
  staleTime: staleTime * 10,
});

/** The first page only, for the rows of the home page. */
export function productRowQuery(query: ProductQuery) {
  return queryOptions({
    queryKey: ["product-row", query],
    queryFn: ({ signal }) => answerOf(shop.http.GET("/api/v1/catalog/products", { params: { query }, signal })),
    staleTime,
  });
}

/** Page after page by cursor. */
export function productListQuery(query: ProductQuery) {
  return infiniteQueryOptions({
    queryKey: ["product-list", query],
    queryFn: ({ signal, pageParam }) =>
      answerOf(
        shop.http.GET("/api/v1/catalog/products", {
          params: { query: { ...query, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    staleTime,
  });
}

export function filtersQuery(query: { category?: string; q?: string }) {
  return queryOptions({
    queryKey: ["filters", query],
    queryFn: ({ signal }) => answerOf(shop.http.GET("/api/v1/catalog/filters", { params: { query }, signal })),
    staleTime,
  });
}

export function productQuery(slug: string) {
  return queryOptions({
    queryKey: ["product", slug],
    queryFn: ({ signal }) =>
      answerOf(shop.http.GET("/api/v1/catalog/products/{slug}", { params: { path: { slug } }, signal })),
    staleTime,
  });
}
