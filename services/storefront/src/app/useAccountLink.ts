import { useQuery } from "@tanstack/react-query";
import { hasSignedInBefore, sessionQuery } from "../api/account";
import { useWords } from "../i18n/context";
import { appWords } from "./words";

/** Where the account link leads and what it says; a guest's browser asks the server nothing for it. */
export function useAccountLink(): { to: string; text: string } {
  const words = useWords(appWords);
  const { data: session } = useQuery({ ...sessionQuery, enabled: hasSignedInBefore() });
  if (session?.customer) {
    const [firstName] = session.customer.name.trim().split(/\s+/);
    return { to: "/account", text: firstName ?? words.account };
  }
  return { to: "/account/login", text: words.signIn };
}
