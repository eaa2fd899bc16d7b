/**
 * The customer's session, profile, addresses and orders.
 *
 * Most visitors are guests, so the session is asked for only where it is needed (account, checkout) or when this
 * browser has signed in before; that hint holds no secret, the session itself is an HttpOnly cookie.
 */
import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import type { Language } from "../i18n/language";
import { answerOf, shop } from "./client";
import type { AddressInput, Session } from "./types";

const HINT_KEY = "dhakacart.signed-in";

export function hasSignedInBefore(): boolean {
  try {
    return localStorage.getItem(HINT_KEY) !== null;
  } catch {
    return false;
  }
}

function keepHint(session: Session): void {
  try {
    if (session.customer) localStorage.setItem(HINT_KEY, "1");
    else localStorage.removeItem(HINT_KEY);
  } catch {
    // Without storage the header simply shows the guest's link until the account page is opened.
  }
}

function received(session: Session): Session {
  keepHint(session);
  return shop.rememberSession(session);
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => received(await answerOf(shop.http.GET("/api/v1/account/session", { signal }))),
  staleTime: 5 * 60 * 1000,
});

/** Put a new session in force; what belonged to the customer before must not be seen by the next one. */
export function adoptSession(client: QueryClient, session: Session): void {
  client.removeQueries({ queryKey: ["account"] });
  client.setQueryData(sessionQuery.queryKey, received(session));
}

export function logIn(body: { login: string; password: string }): Promise<Session> {
  return answerOf(shop.http.POST("/api/v1/account/login", { body }));
}

export function register(body: {
  name: string;
  email: string | null;
  phone: string | null;
  password: string;
  language: Language;
}): Promise<Session> {
  return answerOf(shop.http.POST("/api/v1/account/register", { body }));
}

export function logOut(): Promise<Session> {
  return answerOf(shop.http.POST("/api/v1/account/logout"));
}

export function updateProfile(body: { name?: string; language?: Language }) {
  return answerOf(shop.http.PATCH("/api/v1/account/profile", { body }));
}

export function changePassword(body: { current_password: string; new_password: string }): Promise<Session> {
  return answerOf(shop.http.POST("/api/v1/account/password", { body }));
}

export async function requestPasswordReset(login: string): Promise<void> {
  await answerOf(shop.http.POST("/api/v1/account/password-reset", { body: { login } }));
}

export async function confirmPasswordReset(body: { uid: string; token: string; new_password: string }): Promise<void> {
  await answerOf(shop.http.POST("/api/v1/account/password-reset/confirm", { body }));
}

export const addressesQuery = queryOptions({
  queryKey: ["account", "addresses"],
  queryFn: ({ signal }) => answerOf(shop.http.GET("/api/v1/account/addresses", { signal })),
});

export function addAddress(body: AddressInput) {
  return answerOf(shop.http.POST("/api/v1/account/addresses", { body }));
}

export async function removeAddress(id: number): Promise<void> {
  await answerOf(shop.http.DELETE("/api/v1/account/addresses/{address_id}", { params: { path: { address_id: id } } }));
}

export const orderHistoryQuery = infiniteQueryOptions({
  queryKey: ["account", "orders"],
  queryFn: ({ signal, pageParam }) =>
    answerOf(
      shop.http.GET("/api/v1/account/orders", {
        params: { query: pageParam ? { cursor: pageParam } : {} },
        signal,
      }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});
