import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { addressesQuery, removeAddress } from "../../api/account";
import type { Customer } from "../../api/types";
import { normalisePhone } from "../../checkout/draft";
import { useFormats, useWords } from "../../i18n/context";
import { ProblemAlert } from "../../ui/Alert";
import { Skeleton } from "../../ui/Skeleton";
import { ErrorState } from "../../ui/States";
import styles from "./AccountPage.module.css";
import { accountWords } from "./words";

const AddressForm = lazy(() => import("./AddressForm"));

export function Addresses({ customer }: { customer: Customer }) {
  const words = useWords(accountWords);
  const { text } = useFormats();
  const client = useQueryClient();
  const addresses = useQuery(addressesQuery);
  const [adding, setAdding] = useState(false);
  const removing = useMutation({
    mutationFn: removeAddress,
    onSettled: () => client.invalidateQueries({ queryKey: addressesQuery.queryKey }),
  });
  return (
    <section className={`panel ${styles.section}`} aria-labelledby="addresses-heading">
      <h2 id="addresses-heading">{words.addresses}</h2>
      {addresses.isPending && <Skeleton />}
      {addresses.isError && <ErrorState problem={addresses.error} onRetry={() => void addresses.refetch()} />}
      <ProblemAlert problem={removing.error} />
      {addresses.data?.length === 0 && !adding && <p className="muted">{words.noAddresses}</p>}
      <ul className={styles.addresses}>
        {addresses.data?.map((each) => (
          <li key={each.id}>
            <address>
              <strong>{each.name}</strong> · {normalisePhone(each.phone)}
              <br />
              {each.line1}, {each.area}
              <br />
              {text(each.district.name)}
              {each.postcode ? ` ${each.postcode}` : ""}
            </address>
            <button
              type="button"
              className="button button-link"
              aria-label={words.removeAddressOf(each.line1)}
              disabled={removing.isPending}
              onClick={() => removing.mutate(each.id)}
            >
              {words.removeAddress}
            </button>
          </li>
        ))}
      </ul>
      {adding ? (
        <Suspense fallback={<Skeleton shape="block" />}>
          <AddressForm customer={customer} onDone={() => setAdding(false)} />
        </Suspense>
      ) : (
        <button type="button" className="button button-quiet" onClick={() => setAdding(true)}>
          {words.addAddress}
        </button>
      )}
    </section>
  );
}
