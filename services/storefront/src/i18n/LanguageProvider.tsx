/** Holds the language in force, keeps the choice, and tells the document. */
import { useCallback, useLayoutEffect, useMemo, useState, type ReactNode } from "react";
import { LanguageContext } from "./context";
import { applyLanguage, chooseLanguage, storedLanguage, storeLanguage, type Language } from "./language";

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setState] = useState<Language>(() => chooseLanguage(storedLanguage(), navigator.languages));

  useLayoutEffect(() => {
    applyLanguage(language);
  }, [language]);

  const setLanguage = useCallback((chosen: Language) => {
    storeLanguage(chosen);
    setState(chosen);
  }, []);

  const choice = useMemo(() => ({ language, setLanguage }), [language, setLanguage]);
  return <LanguageContext value={choice}>{children}</LanguageContext>;
}
