import { isPhone, normalisePhone } from "../../checkout/draft";

/** A mobile number however it was typed, or an e-mail address, as the server knows it. */
export function loginName(text: string): string {
  return isPhone(text) ? normalisePhone(text) : text.trim();
}
