/**
 * The typed client of the shop's API: one request budget, the CSRF header on unsafe calls, problems as exceptions.
 *
 * The CSRF token is asked for only when the server refuses a call for lack of it, or comes with a session that was
 * fetched anyway: browsing as a guest costs no session request.
 */
import createClient from "openapi-fetch";
import { problemFromAnswer, problemFromFailure } from "./problem";
import type { paths } from "./schema";
import type { Session } from "./types";

const TIMEOUT_SECONDS = 30; // a phone on 3G in a crowded cell
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const SESSION_PATH = "/api/v1/account/session";

export class ShopClient {
  readonly http;
  private csrfToken: string | null = null;

  constructor(private readonly baseUrl = "") {
    this.http = createClient<paths>({ baseUrl, fetch: (request) => this.send(request) });
  }

  /** Every session that arrives is shown here, since its token replaces the one before. */
  rememberSession(session: Session): Session {
    this.csrfToken = session.csrf_token;
    return session;
  }

  private async send(request: Request): Promise<Response> {
    if (SAFE_METHODS.has(request.method)) return fetchInTime(request);
    const again = request.clone();
    if (this.csrfToken) request.headers.set("X-CSRFToken", this.csrfToken);
    const answer = await fetchInTime(request);
    if (answer.status !== 403) return answer;
    // The token is missing or was rotated (a login in another tab): nothing was done, so one more try is safe.
    const session = await fetchInTime(new Request(this.baseUrl + SESSION_PATH));
    if (!session.ok) return answer;
    this.rememberSession((await session.json()) as Session);
    again.headers.set("X-CSRFToken", this.csrfToken ?? "");
    return fetchInTime(again);
  }
}

function fetchInTime(request: Request): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  return fetch(request, { signal: AbortSignal.any([request.signal, timeout]) });
}

interface Exchange<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a 2xx answer; everything else is thrown as a ShopProblem. */
export async function answerOf<T>(call: Promise<Exchange<T>>): Promise<T> {
  let exchange: Exchange<T>;
  try {
    exchange = await call;
  } catch (failure) {
    // A query that was cancelled is no problem to show; TanStack Query knows it by its own name.
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw problemFromFailure(failure);
  }
  if (!exchange.response.ok) throw problemFromAnswer(exchange.response.status, exchange.error);
  return exchange.data as T;
}

export const shop = new ShopClient();
