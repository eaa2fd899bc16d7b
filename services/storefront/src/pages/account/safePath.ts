/** Only a path of this shop is followed: `//elsewhere` and whole addresses lead to the account. */
export function safePath(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/account";
}
