import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearchParams } from "react-router";
import { adoptSession } from "../../api/account";
import type { Session } from "../../api/types";
import { useLanguage } from "../../i18n/context";
import { storedLanguage } from "../../i18n/language";
import { safePath } from "./safePath";

/** What happens after a sign-in: the session is taken over, and the shopper goes where they were going. */
export function useSignedIn(): (session: Session) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const { setLanguage } = useLanguage();
  return (session) => {
    adoptSession(client, session);
    // On a new device the customer's own language holds; one chosen here by hand is never overruled.
    if (session.customer && storedLanguage() === null) setLanguage(session.customer.language);
    void navigate(safePath(params.get("next")), { replace: true });
  };
}
