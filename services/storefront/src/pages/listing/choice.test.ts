import { describe, expect, it } from "vitest";
import { choiceFrom, countFilters, NO_CHOICE, paramsFor, productQueryFor, type Choice } from "./choice";

const choice: Choice = { brands: ["walton", "hp"], minTaka: 500, maxTaka: 90_000, inStock: true, sort: "price_asc" };

describe("filters in the address", () => {
  it("come back as they were put there, beside what else the address says", () => {
    const params = paramsFor(choice, new URLSearchParams("q=fan&brand=old"));
    expect(params.get("q")).toBe("fan");
    expect(choiceFrom(params)).toEqual(choice);
    expect(countFilters(choice)).toBe(4);
  });

  it("are left out where they are not lawful", () => {
    const made = "brand=&brand=<script>&min=-5&max=1e9&stock=yes&sort=magic";
    expect(choiceFrom(new URLSearchParams(made))).toEqual(NO_CHOICE);
  });
});

describe("the query to the API", () => {
  it("is in poisha, and sorts a search by its best match unless told otherwise", () => {
    expect(productQueryFor({ category: "fans" }, choice, 24)).toEqual({
      category: "fans",
      brand: ["walton", "hp"],
      min_price_poisha: 50_000,
      max_price_poisha: 9_000_000,
      in_stock: true,
      sort: "price_asc",
      limit: 24,
    });
    expect(productQueryFor({ q: "fan" }, NO_CHOICE, 24).sort).toBe("relevance");
    expect(productQueryFor({ category: "fans" }, NO_CHOICE, 24).sort).toBe("featured");
  });
});
