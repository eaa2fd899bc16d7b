/** The customer's own page: orders first, then profile, addresses and password. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useNavigate } from "react-router";
import { adoptSession, logOut, sessionQuery } from "../../api/account";
import type { Customer } from "../../api/types";
import { useWords } from "../../i18n/context";
import { ProblemAlert } from "../../ui/Alert";
import { PageSkeleton } from "../../ui/Skeleton";
import { ErrorState } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import styles from "./AccountPage.module.css";
import { Addresses } from "./Addresses";
import { OrderHistory } from "./OrderHistory";
import { PasswordForm } from "./PasswordForm";
import { ProfileForm } from "./ProfileForm";
import { accountWords } from "./words";

export default function AccountPage() {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <PageSkeleton />;
  if (session.isError) return <ErrorState heading="h1" problem={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data.customer) return <Navigate to="/account/login" replace />;
  return <Account customer={session.data.customer} />;
}

function Account({ customer }: { customer: Customer }) {
  const words = useWords(accountWords);
  const client = useQueryClient();
  const navigate = useNavigate();
  usePageTitle(words.accountTitle(customer.name));
  const leaving = useMutation({
    mutationFn: logOut,
    onSuccess: async (session) => {
      await navigate("/");
      adoptSession(client, session);
    },
  });
  return (
    <div className={`page ${styles.page}`}>
      <header className={styles.head}>
        <h1>{words.accountTitle(customer.name)}</h1>
        <button
          type="button"
          className="button button-quiet"
          disabled={leaving.isPending}
          onClick={() => leaving.mutate()}
        >
          {words.signOut}
        </button>
      </header>
      <ProblemAlert problem={leaving.error} />
      <div className={styles.layout}>
        <OrderHistory />
        <div className={styles.column}>
          <ProfileForm key={customer.id} customer={customer} />
          <Addresses customer={customer} />
          <PasswordForm />
        </div>
      </div>
    </div>
  );
}
