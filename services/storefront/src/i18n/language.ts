/** The two languages of the shop: which one is in force, where the choice is kept, and how texts are picked. */

export type Language = "en" | "bn";
export type Localized = Readonly<Record<Language, string>>;

const STORAGE_KEY = "dhakacart.language";

export function isLanguage(value: unknown): value is Language {
  return value === "en" || value === "bn";
}

/** The shopper's own choice if there is one, else Bangla for a browser that prefers it, else English. */
export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  return preferred[0]?.toLowerCase().startsWith("bn") === true ? "bn" : "en";
}

/** What was chosen in this browser; null when nothing was, or when the browser refuses storage. */
export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // A browser that refuses storage still gets the language for this visit.
  }
}

/** Screen readers choose their voice, and the browser its fonts, by this attribute. */
export function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
}
