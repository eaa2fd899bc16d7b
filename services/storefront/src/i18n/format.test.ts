import { describe, expect, it } from "vitest";
import { discountPercent, formatDateTime, formatMoney, formatNumber, formatTime, toAsciiDigits } from "./format";

describe("money", () => {
  // Groups: thousands first, then lakh and crore by twos.
  it.each([
    [0, "৳0", "৳০"],
    [100, "৳1", "৳১"],
    [99_900, "৳999", "৳৯৯৯"],
    [100_000, "৳1,000", "৳১,০০০"],
    [9_999_900, "৳99,999", "৳৯৯,৯৯৯"],
    [10_000_000, "৳1,00,000", "৳১,০০,০০০"],
    [12_345_600, "৳1,23,456", "৳১,২৩,৪৫৬"],
    [123_456_789_00, "৳12,34,56,789", "৳১২,৩৪,৫৬,৭৮৯"],
  ])("groups %d poisha by lakh in both languages", (poisha, english, bangla) => {
    expect(formatMoney(poisha, "en")).toBe(english);
    expect(formatMoney(poisha, "bn")).toBe(bangla);
  });

  it("shows poisha only when there are some, and always both digits", () => {
    expect(formatMoney(123_450, "en")).toBe("৳1,234.50");
    expect(formatMoney(123_405, "bn")).toBe("৳১,২৩৪.০৫");
    expect(formatMoney(1, "en")).toBe("৳0.01");
  });

  it("puts the sign of an amount owed before the currency", () => {
    expect(formatMoney(-50_000, "en")).toBe("−৳500");
  });
});

describe("numbers", () => {
  it("groups counts as money is grouped", () => {
    expect(formatNumber(123_456, "en")).toBe("1,23,456");
    expect(formatNumber(123_456, "bn")).toBe("১,২৩,৪৫৬");
  });

  it("turns Bangla digits into ASCII ones and leaves the rest", () => {
    expect(toAsciiDigits("০১৭১২-৩৪৫৬৭৮ x9")).toBe("01712-345678 x9");
  });
});

describe("discounts", () => {
  it("are rounded down, so that no saving is overstated", () => {
    expect(discountPercent(85_001, 100_000)).toBe(14);
    expect(discountPercent(85_000, 100_000)).toBe(15);
  });

  it("are not claimed where nothing, or less than one percent, is saved", () => {
    expect(discountPercent(100_000, null)).toBeNull();
    expect(discountPercent(100_000, 100_000)).toBeNull();
    expect(discountPercent(100_000, 90_000)).toBeNull();
    expect(discountPercent(99_500, 100_000)).toBeNull();
  });
});

describe("times", () => {
  it("are Dhaka's, whatever the machine's zone is", () => {
    expect(formatDateTime("2026-03-20T20:30:00Z", "en")).toBe("21 March 2026, 2:30 am");
    expect(formatDateTime("2026-03-20T20:30:00Z", "bn")).toBe("২১ মার্চ, ২০২৬, রাত ২:৩০");
  });

  // The hour in UTC; Dhaka is six hours ahead.
  it.each([
    ["18:05", "12:05 am", "রাত ১২:০৫"],
    ["22:05", "4:05 am", "ভোর ৪:০৫"],
    ["02:05", "8:05 am", "সকাল ৮:০৫"],
    ["06:05", "12:05 pm", "দুপুর ১২:০৫"],
    ["09:05", "3:05 pm", "বিকেল ৩:০৫"],
    ["12:05", "6:05 pm", "সন্ধ্যা ৬:০৫"],
    ["15:05", "9:05 pm", "রাত ৯:০৫"],
  ])("at %s UTC are named as people name them", (utc, english, bangla) => {
    expect(formatTime(`2026-03-20T${utc}:00Z`, "en")).toBe(english);
    expect(formatTime(`2026-03-20T${utc}:00Z`, "bn")).toBe(bangla);
  });
});
