import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useFormats, useLanguage, useWords } from "./context";
import { chooseLanguage } from "./language";
import { LanguageProvider } from "./LanguageProvider";
import { defineWords, type Words } from "./words";

const greeting = defineWords({ en: { hello: "Hello" }, bn: { hello: "স্বাগতম" } });

function Greeting() {
  const words = useWords(greeting);
  const { money } = useFormats();
  const { setLanguage } = useLanguage();
  return (
    <button type="button" onClick={() => setLanguage("bn")}>
      {words.hello} {money(12_345_600)}
    </button>
  );
}

describe("the language switch", () => {
  beforeEach(() => {
    localStorage.clear();
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  });
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("changes the words, the digits and the document's lang, and is kept for the next visit", () => {
    // given a shopper whose browser prefers English
    const place = document.body.appendChild(document.createElement("div"));
    const root = createRoot(place);
    act(() => {
      root.render(
        <LanguageProvider>
          <Greeting />
        </LanguageProvider>,
      );
    });
    expect(place.textContent).toBe("Hello ৳1,23,456");
    expect(document.documentElement.lang).toBe("en");

    // when they switch
    act(() => {
      place.querySelector("button")?.click();
    });

    // then everything is Bangla, and stays so
    expect(place.textContent).toBe("স্বাগতম ৳১,২৩,৪৫৬");
    expect(document.documentElement.lang).toBe("bn");
    expect(chooseLanguage(localStorage.getItem("dhakacart.language"), ["en"])).toBe("bn");
    act(() => {
      root.unmount();
    });
  });

  it("obeys the stored choice first, then the browser's preference, and no nonsense", () => {
    expect(chooseLanguage("en", ["bn-BD"])).toBe("en");
    expect(chooseLanguage(null, ["bn-BD", "en"])).toBe("bn");
    expect(chooseLanguage(null, ["en-GB", "bn"])).toBe("en");
    expect(chooseLanguage("fr", [])).toBe("en");
  });
});

const dictionaries = Object.entries(
  import.meta.glob<Record<string, Words<Record<string, unknown>>>>("../**/*ords.ts", { eager: true }),
).flatMap(([file, module]) =>
  Object.values(module)
    .filter((each) => typeof each === "object")
    .map((words) => ({ file, words })),
);

describe("dictionaries", () => {
  it("are all found by this test", () => {
    expect(dictionaries.length).toBeGreaterThanOrEqual(9);
  });

  it.each(dictionaries)("$file says the same things in both languages", ({ words }) => {
    expect(Object.keys(words.bn)).toEqual(Object.keys(words.en));
    for (const text of [...Object.values(words.en), ...Object.values(words.bn)]) expect(text).not.toBe("");
  });
});
