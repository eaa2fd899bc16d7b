/** Checkout on one page: who, where, how to pay, and the sum, with one button. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { sessionQuery } from "../../api/account";
import { locationsQuery } from "../../api/orders";
import type { Customer, Locations } from "../../api/types";
import { useCartLines } from "../../cart/useCart";
import { usePlaceOrder } from "../../checkout/useCheckout";
import { useWords } from "../../i18n/context";
import { PageSkeleton } from "../../ui/Skeleton";
import { EmptyState, ErrorState } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { cartWords } from "../cart/words";
import { CheckoutForm } from "./CheckoutForm";
import { PendingAttempt } from "./Outcome";
import { checkoutWords } from "./words";

export default function CheckoutPage() {
  const words = useWords(checkoutWords);
  const session = useQuery(sessionQuery);
  const locations = useQuery(locationsQuery);
  usePageTitle(words.title);

  if (locations.isError) return <ErrorState heading="h1" problem={locations.error} onRetry={() => void locations.refetch()} />;
  // A session that cannot be fetched does not stop a guest from buying.
  if (locations.isPending || session.isPending) return <PageSkeleton />;
  return <Checkout locations={locations.data} customer={session.data?.customer ?? null} />;
}

function Checkout({ locations, customer }: { locations: Locations; customer: Customer | null }) {
  const words = useWords(cartWords);
  const lines = useCartLines();
  const order = usePlaceOrder();
  if (order.placing.isPending || order.placing.isSuccess || lines.length > 0) {
    return <CheckoutForm locations={locations} customer={customer} order={order} />;
  }
  return (
    <div className="page">
      {order.unsettled && <PendingAttempt order={order} />}
      <EmptyState icon="cart" heading="h1" title={words.emptyTitle} text={words.emptyText}>
        <Link to="/" className="button button-main button-large">
          {words.startShopping}
        </Link>
      </EmptyState>
    </div>
  );
}
