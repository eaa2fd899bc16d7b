/** Numbers, money and times as people in Bangladesh write them, in either language. Money comes in poisha. */
import type { Language } from "./language";

const POISHA_PER_TAKA = 100;
const TIME_ZONE = "Asia/Dhaka";

// en-IN, not en-GB: English in Bangladesh groups by lakh too (1,23,456).
const LOCALES: Record<Language, string> = { en: "en-IN", bn: "bn-BD" };

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(language: Language, fractionDigits: number): Intl.NumberFormat {
  const key = `${language}${fractionDigits}`;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALES[language], {
      minimumFractionDigits: fractionDigits,
      maximumFractionDigits: fractionDigits,
    });
    numbers.set(key, format);
  }
  return format;
}

/** `123456` -> `1,23,456` or `১,২৩,৪৫৬`. */
export function formatNumber(value: number, language: Language): string {
  return numberFormat(language, 0).format(value);
}

/** `12345600` poisha -> `৳1,23,456` or `৳১,২৩,৪৫৬`; poisha are shown only when there are some. */
export function formatMoney(poisha: number, language: Language): string {
  const digits = poisha % POISHA_PER_TAKA === 0 ? 0 : 2;
  const amount = numberFormat(language, digits).format(Math.abs(poisha) / POISHA_PER_TAKA);
  return `${poisha < 0 ? "−" : ""}৳${amount}`;
}

/** Whole percent saved, rounded down so that no saving is overstated; null when there is none to speak of. */
export function discountPercent(pricePoisha: number, compareAtPoisha: number | null | undefined): number | null {
  if (compareAtPoisha == null || compareAtPoisha <= pricePoisha) return null;
  const percent = Math.floor(((compareAtPoisha - pricePoisha) * 100) / compareAtPoisha);
  return percent >= 1 ? percent : null;
}

/** `2026-03-20T09:30:00Z` -> `20 March 2026, 3:30 pm` or `২০ মার্চ, ২০২৬, বিকেল ৩:৩০`, in Dhaka's time. */
export function formatDateTime(instant: string, language: Language): string {
  const date = new Intl.DateTimeFormat(DATE_LOCALES[language], {
    timeZone: TIME_ZONE,
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(new Date(instant));
  return `${date}, ${formatTime(instant, language)}`;
}

/** Only the hour, for a time that is today: `3:30 pm` or `বিকেল ৩:৩০`. */
export function formatTime(instant: string, language: Language): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: TIME_ZONE,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const part = (type: "hour" | "minute") => Number(parts.find((each) => each.type === type)?.value);
  const hour = part("hour");
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}:${String(part("minute")).padStart(2, "0")}`;
  if (language === "en") return `${clock} ${hour < 12 ? "am" : "pm"}`;
  const [, period] = BANGLA_PERIODS.find(([from]) => hour >= from) ?? [0, "রাত"];
  return `${period} ${toBanglaDigits(clock)}`;
}

const DATE_LOCALES: Record<Language, string> = { en: "en-GB", bn: "bn-BD" };

/** Bangla has no am and pm: the part of the day is said before the hour. Latest first, from which hour. */
const BANGLA_PERIODS: readonly (readonly [number, string])[] = [
  [20, "রাত"],
  [18, "সন্ধ্যা"],
  [15, "বিকেল"],
  [12, "দুপুর"],
  [6, "সকাল"],
  [4, "ভোর"],
  [0, "রাত"],
];

const BANGLA_ZERO = 0x09e6;

/** Bangla digits, as typed on a Bangla keyboard, turned into the digits that the server takes. */
export function toAsciiDigits(text: string): string {
  return text.replace(/[০-৯]/g, (digit) => String(digit.charCodeAt(0) - BANGLA_ZERO));
}

function toBanglaDigits(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCharCode(BANGLA_ZERO + Number(digit)));
}
