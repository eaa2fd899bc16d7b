import { QueryClient } from "@tanstack/react-query";
import { ShopProblem } from "../api/problem";

const READ_RETRIES = 2;

/** Reads are tried again when the answer was lost or the shop was busy; a plain refusal is final. */
export function mayRetry(failures: number, problem: Error): boolean {
  if (failures >= READ_RETRIES) return false;
  return problem instanceof ShopProblem && (problem.outcomeUnknown || problem.status === 429);
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: mayRetry, refetchOnWindowFocus: false, staleTime: 30_000 },
      // Writes are never repeated behind the shopper's back.
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
