/** Hooks for the language in force. The provider stands in LanguageProvider.tsx. */
import { createContext, useContext, useMemo } from "react";
import { formatDateTime, formatMoney, formatNumber, formatTime } from "./format";
import type { Language, Localized } from "./language";
import type { Words } from "./words";

export interface LanguageChoice {
  language: Language;
  setLanguage: (language: Language) => void;
}

export const LanguageContext = createContext<LanguageChoice | null>(null);

export function useLanguage(): LanguageChoice {
  const choice = useContext(LanguageContext);
  if (!choice) throw new Error("useLanguage needs a LanguageProvider above it");
  return choice;
}

/** The side of a dictionary that is in force. */
export function useWords<T>(words: Words<T>): Words<T>[Language] {
  return words[useLanguage().language];
}

export interface Formats {
  money: (poisha: number) => string;
  number: (value: number) => string;
  dateTime: (instant: string) => string;
  time: (instant: string) => string;
  text: (text: Localized) => string;
}

export function useFormats(): Formats {
  const { language } = useLanguage();
  return useMemo(
    () => ({
      money: (poisha) => formatMoney(poisha, language),
      number: (value) => formatNumber(value, language),
      dateTime: (instant) => formatDateTime(instant, language),
      time: (instant) => formatTime(instant, language),
      // A text that was never translated is better shown in the other language than not at all.
      text: (text) => text[language] || text.en,
    }),
    [language],
  );
}
