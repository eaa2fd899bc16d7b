/** The shopper's filters and order, which live in the address so that a link or the back button keeps them. */
import type { ProductQuery } from "../../api/types";

export const SORTS = ["featured", "newest", "price_asc", "price_desc", "relevance"] as const;
export type Sort = (typeof SORTS)[number];

export interface Choice {
  brands: readonly string[];
  /** Whole taka. */
  minTaka: number | null;
  maxTaka: number | null;
  inStock: boolean;
  sort: Sort | null;
}

export const NO_CHOICE: Choice = { brands: [], minTaka: null, maxTaka: null, inStock: false, sort: null };

const SLUG = /^[a-z0-9-]{1,120}$/;
const MAX_BRANDS = 20;
const MAX_TAKA = 10_000_000;
const POISHA_PER_TAKA = 100;

/** A whole amount from 0 to ten million taka, else null. */
export function parseTaka(text: string | null): number | null {
  if (text === null || !/^\d{1,8}$/.test(text)) return null;
  const taka = Number(text);
  return taka <= MAX_TAKA ? taka : null;
}

/** An address made by hand may hold anything; what is not lawful is left out. */
export function choiceFrom(params: URLSearchParams): Choice {
  const sort = params.get("sort");
  return {
    brands: [...new Set(params.getAll("brand").filter((brand) => SLUG.test(brand)))].slice(0, MAX_BRANDS),
    minTaka: parseTaka(params.get("min")),
    maxTaka: parseTaka(params.get("max")),
    inStock: params.get("stock") === "1",
    sort: SORTS.find((each) => each === sort) ?? null,
  };
}

/** The address parameters for a choice; others (the search text) are kept. */
export function paramsFor(choice: Choice, others: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams(others);
  for (const key of ["brand", "min", "max", "stock", "sort"]) params.delete(key);
  for (const brand of choice.brands) params.append("brand", brand);
  if (choice.minTaka !== null) params.set("min", String(choice.minTaka));
  if (choice.maxTaka !== null) params.set("max", String(choice.maxTaka));
  if (choice.inStock) params.set("stock", "1");
  if (choice.sort) params.set("sort", choice.sort);
  return params;
}

export function countFilters(choice: Choice): number {
  const priced = choice.minTaka !== null || choice.maxTaka !== null;
  return choice.brands.length + (priced ? 1 : 0) + (choice.inStock ? 1 : 0);
}

/** The API's query for a category or search text under a choice. */
export function productQueryFor(scope: Scope, choice: Choice, limit: number): ProductQuery {
  return {
    ...scope,
    ...(choice.brands.length > 0 ? { brand: [...choice.brands] } : {}),
    ...(choice.minTaka !== null ? { min_price_poisha: choice.minTaka * POISHA_PER_TAKA } : {}),
    ...(choice.maxTaka !== null ? { max_price_poisha: choice.maxTaka * POISHA_PER_TAKA } : {}),
    ...(choice.inStock ? { in_stock: true } : {}),
    sort: choice.sort ?? defaultSort(scope),
    limit,
  };
}

/** What is being listed: a category, or what a search found. */
export type Scope = { category: string } | { q: string };

export function defaultSort(scope: Scope): Sort {
  return "q" in scope ? "relevance" : "featured";
}
