/**
 * A small typed dictionary. Each part of the shop declares its own words, so that a lazily loaded page brings only
 * its own; the compiler refuses a Bangla side that lacks a word, or whose word takes other arguments.
 */
import type { Language } from "./language";

type Word = string | ((...parts: never[]) => string);

/** The same keys as the English side: a text for a text, a function for a function. */
type Translated<T> = { [K in keyof T]: T[K] extends string ? string : T[K] };

export type Words<T> = Readonly<Record<Language, Translated<T>>>;

export function defineWords<T extends Record<string, Word>>(sides: {
  en: T;
  bn: Translated<NoInfer<T>>;
}): Words<T> {
  return sides as Words<T>;
}
