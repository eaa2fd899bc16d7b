/** What went wrong with a call, in a form that a page can show: the server's problem document, or our own words. */
import type { Localized } from "../i18n/language";

/** Codes that this side makes up, for answers that never came or could not be read. */
export type LocalCode = "network" | "timeout" | "unavailable" | "unreadable";

const LOCAL_MESSAGES: Record<LocalCode, Localized> = {
  network: {
    en: "We could not reach the shop. Check your connection and try again.",
    bn: "দোকানের সঙ্গে যোগাযোগ করা যায়নি। ইন্টারনেট সংযোগ দেখে আবার চেষ্টা করুন।",
  },
  timeout: {
    en: "The shop took too long to answer. Please try again.",
    bn: "দোকান থেকে উত্তর আসতে অনেক দেরি হচ্ছে। আবার চেষ্টা করুন।",
  },
  unavailable: {
    en: "The shop is very busy right now. Please try again in a moment.",
    bn: "এই মুহূর্তে খুব ভিড়। একটু পরে আবার চেষ্টা করুন।",
  },
  unreadable: {
    en: "Something went wrong on our side. Please try again.",
    bn: "আমাদের দিকে একটি সমস্যা হয়েছে। আবার চেষ্টা করুন।",
  },
};

export interface FieldProblem {
  field: string;
  messages: Localized;
}

export class ShopProblem extends Error {
  override name = "ShopProblem";

  constructor(
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** The server's stable code, or a LocalCode. */
    readonly code: string,
    readonly messages: Localized,
    readonly fields: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
  ) {
    super(`${status} ${code}: ${messages.en}`);
  }

  /** True when the request may have been carried out although no answer says so. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export function localProblem(code: LocalCode, status = 0): ShopProblem {
  return new ShopProblem(status, code, LOCAL_MESSAGES[code]);
}

/** A failed fetch (no answer at all) as a problem. */
export function problemFromFailure(failure: unknown): ShopProblem {
  if (failure instanceof ShopProblem) return failure;
  if (failure instanceof DOMException && failure.name === "TimeoutError") return localProblem("timeout");
  if (failure instanceof SyntaxError) return localProblem("unreadable");
  return localProblem("network");
}

/** An answer outside 2xx as a problem; what is not a problem document (a proxy's HTML page) gets our words. */
export function problemFromAnswer(status: number, body: unknown): ShopProblem {
  if (isRecord(body) && typeof body.code === "string" && isLocalized(body.messages)) {
    const fields = Array.isArray(body.errors) ? body.errors.filter(isFieldProblem) : [];
    const requestId = typeof body.request_id === "string" ? body.request_id : null;
    return new ShopProblem(status, body.code, body.messages, fields, requestId);
  }
  return localProblem([429, 502, 503, 504].includes(status) ? "unavailable" : "unreadable", status);
}

/** The message for one field; the server may name it with its path (`contact.phone`) or a longer one. */
export function fieldMessages(problem: unknown, field: string): Localized | null {
  if (!(problem instanceof ShopProblem)) return null;
  const found = problem.fields.find((each) => each.field === field || each.field.endsWith(`.${field}`));
  return found?.messages ?? null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isLocalized(value: unknown): value is Localized {
  return isRecord(value) && typeof value.en === "string" && typeof value.bn === "string";
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return isRecord(value) && typeof value.field === "string" && isLocalized(value.messages);
}
