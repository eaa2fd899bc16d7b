/** What the shopper has typed into the checkout, kept for this tab so that a reload loses nothing. */
import type { OrderInput } from "../api/types";
import { toAsciiDigits } from "../i18n/format";
import type { Language } from "../i18n/language";
import type { CartLine } from "../cart/store";

export type PaymentMethod = OrderInput["payment_method"];

export interface Draft {
  name: string;
  phone: string;
  email: string;
  line1: string;
  area: string;
  division: string;
  district: string;
  postcode: string;
  payment: PaymentMethod;
}

export type TextFieldName = Exclude<keyof Draft, "payment">;

export const EMPTY_DRAFT: Draft = {
  name: "",
  phone: "",
  email: "",
  line1: "",
  area: "",
  division: "",
  district: "",
  postcode: "",
  payment: "cod",
};

const STORAGE_KEY = "dhakacart.checkout-draft";

export function loadDraft(storage: Storage | null): Draft {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(STORAGE_KEY) ?? "{}");
    if (typeof stored !== "object" || stored === null) return EMPTY_DRAFT;
    const known = Object.entries(stored).filter(([key, value]) => key in EMPTY_DRAFT && typeof value === "string");
    const draft: Draft = { ...EMPTY_DRAFT, ...Object.fromEntries(known) };
    return { ...draft, payment: draft.payment === "sslcommerz" ? "sslcommerz" : "cod" };
  } catch {
    return EMPTY_DRAFT;
  }
}

export function saveDraft(storage: Storage | null, draft: Draft): void {
  try {
    storage?.setItem(STORAGE_KEY, JSON.stringify(draft));
  } catch {
    // Only a reload would miss it.
  }
}

/** `+880 1712-345678` or `০১৭১২৩৪৫৬৭৮` -> `01712345678`. */
export function normalisePhone(text: string): string {
  return toAsciiDigits(text)
    .replace(/[\s().-]/g, "")
    .replace(/^(\+?88)(?=01)/, "")
    .replace(/^\+?880(?=1)/, "0");
}

export type DraftProblem = "required" | "phone" | "email" | "postcode";

const REQUIRED: readonly TextFieldName[] = ["name", "phone", "line1", "area", "division", "district"];
const PHONE = /^01[3-9]\d{8}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const POSTCODE = /^\d{4}$/;

export function isPhone(text: string): boolean {
  return PHONE.test(normalisePhone(text));
}

export function isEmail(text: string): boolean {
  return EMAIL.test(text.trim());
}

export function isPostcode(text: string): boolean {
  return POSTCODE.test(toAsciiDigits(text.trim()));
}

/** What the shopper must mend before the order is sent; the server checks everything again. */
export function draftProblems(draft: Draft): Partial<Record<TextFieldName, DraftProblem>> {
  const problems: Partial<Record<TextFieldName, DraftProblem>> = {};
  if (!isPhone(draft.phone)) problems.phone = "phone";
  if (draft.email.trim() && !isEmail(draft.email)) problems.email = "email";
  if (draft.postcode.trim() && !isPostcode(draft.postcode)) problems.postcode = "postcode";
  for (const field of REQUIRED) if (!draft[field].trim()) problems[field] = "required";
  return problems;
}

export function orderInput(
  draft: Draft,
  lines: readonly CartLine[],
  expectedTotalPoisha: number,
  language: Language,
): OrderInput {
  return {
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    contact: {
      name: draft.name.trim(),
      phone: normalisePhone(draft.phone),
      email: draft.email.trim() || null,
    },
    address: {
      line1: draft.line1.trim(),
      area: draft.area.trim(),
      district: draft.district,
      postcode: toAsciiDigits(draft.postcode.trim()) || null,
    },
    payment_method: draft.payment,
    expected_total_poisha: expectedTotalPoisha,
    language,
  };
}
