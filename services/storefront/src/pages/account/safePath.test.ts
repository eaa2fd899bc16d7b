import { describe, expect, it } from "vitest";
import { safePath } from "./safePath";

describe("where a sign-in leads", () => {
  it("is the page that asked for it", () => {
    expect(safePath("/checkout")).toBe("/checkout");
    expect(safePath("/search?q=fan")).toBe("/search?q=fan");
  });

  it.each([null, "", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "checkout"])(
    "is never another site: %s",
    (next) => {
      expect(safePath(next)).toBe("/account");
    },
  );
});
