import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { choiceFrom, paramsFor, type Choice } from "./choice";

/** The choice in the address, and how to change it without filling the browser's history. */
export function useChoice(): [Choice, (choice: Choice) => void] {
  const [params, setParams] = useSearchParams();
  const choice = useMemo(() => choiceFrom(params), [params]);
  return [choice, (next) => setParams(paramsFor(next, params), { replace: true })];
}
