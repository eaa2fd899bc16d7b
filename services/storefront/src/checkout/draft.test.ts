import { beforeEach, describe, expect, it } from "vitest";
import { draftProblems, EMPTY_DRAFT, loadDraft, normalisePhone, orderInput, saveDraft, type Draft } from "./draft";

const complete: Draft = {
  name: " রহিমা খাতুন ",
  phone: "+880 1712-345678",
  email: "",
  line1: "House 12",
  area: "Dhanmondi",
  division: "dhaka",
  district: "dhaka",
  postcode: "১২০৯",
  payment: "cod",
};

beforeEach(() => {
  sessionStorage.clear();
});

describe("phone numbers", () => {
  it.each(["01712345678", "+8801712345678", "8801712345678", "01712-345 678", "০১৭১২৩৪৫৬৭৮", "+৮৮০ ১৭১২ ৩৪৫৬৭৮"])(
    "takes %s as the number that it is",
    (typed) => {
      expect(normalisePhone(typed)).toBe("01712345678");
    },
  );

  it.each(["", "12345", "0171234567", "01212345678", "017123456789", "hello"])("refuses %s", (typed) => {
    expect(draftProblems({ ...complete, phone: typed }).phone).toBeDefined();
  });
});

describe("the draft", () => {
  it("is accepted when complete, with optional fields empty", () => {
    expect(draftProblems(complete)).toEqual({});
    expect(draftProblems({ ...complete, postcode: "" })).toEqual({});
  });

  it("names every field that is missing", () => {
    expect(Object.keys(draftProblems(EMPTY_DRAFT)).sort()).toEqual([
      "area",
      "district",
      "division",
      "line1",
      "name",
      "phone",
    ]);
  });

  it("is found again after a reload, and junk in storage is no draft", () => {
    saveDraft(sessionStorage, complete);
    expect(loadDraft(sessionStorage)).toEqual(complete);
    for (const junk of ["{", "null", '{"payment":"gold","phone":7,"extra":"x"}']) {
      sessionStorage.setItem("dhakacart.checkout-draft", junk);
      expect(loadDraft(sessionStorage)).toEqual(EMPTY_DRAFT);
    }
  });

  it("becomes an order with trimmed texts, ASCII digits, and null for what was not given", () => {
    const input = orderInput(complete, [{ sku: "A", quantity: 2 }], 12_300, "bn");
    expect(input.contact).toEqual({ name: "রহিমা খাতুন", phone: "01712345678", email: null });
    expect(input.address.postcode).toBe("1209");
    expect(input).toMatchObject({ expected_total_poisha: 12_300, language: "bn", payment_method: "cod" });
  });
});
