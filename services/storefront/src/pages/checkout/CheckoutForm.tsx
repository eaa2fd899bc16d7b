import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { fieldMessages } from "../../api/problem";
import type { Customer, Locations } from "../../api/types";
import { draftProblems, type Draft, type TextFieldName } from "../../checkout/draft";
import { useCheckoutQuote, useDraft, useOrderInput, type usePlaceOrder } from "../../checkout/useCheckout";
import { useFormats, useWords } from "../../i18n/context";
import { uiWords } from "../../ui/words";
import { AddressFields } from "./AddressFields";
import styles from "./CheckoutPage.module.css";
import { ContactFields } from "./ContactFields";
import { OrderSummary } from "./OrderSummary";
import { Outcome, PendingAttempt } from "./Outcome";
import { PaymentFields } from "./PaymentFields";
import { checkoutWords } from "./words";

interface Props {
  locations: Locations;
  customer: Customer | null;
  order: ReturnType<typeof usePlaceOrder>;
}

const FORM_ID = "checkout-form";

export function CheckoutForm({ locations, customer, order }: Props) {
  const words = useWords(checkoutWords);
  const [draft, change] = useDraft(customer);
  const quote = useCheckoutQuote(draft.district);
  // The sum on display is still that of another district (or none): nobody can agree to it yet.
  const counting = quote.isPending || quote.isPlaceholderData;
  const total = quote.data && !counting && draft.district ? quote.data.total_poisha : null;
  const body = useOrderInput(draft, quote.data?.orderable ? total : null);
  const [agreedTotal, setAgreedTotal] = useState<number | null>(null);
  const [tried, setTried] = useState(0);
  const form = useFocusOnProblem(tried, order.placing.error);
  const problemOf = useFieldProblems(draft, tried > 0, order.placing.error);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (order.placing.isPending || counting) return;
    setTried(tried + 1);
    if (!body) return;
    setAgreedTotal(total);
    order.placing.mutate(body);
  }

  const fields = { draft, change, problemOf };
  return (
    <div className={`page ${styles.page}`}>
      <h1>{words.title}</h1>
      {order.unsettled && !order.placing.isPending && !order.placing.error && <PendingAttempt order={order} />}
      <div className={styles.layout}>
        <form id={FORM_ID} ref={form} noValidate onSubmit={submit} className={styles.form}>
          <p className={styles.who}>
            {customer ? (
              words.asCustomer(customer.name)
            ) : (
              <>
                {words.haveAccount} <Link to="/account/login?next=/checkout">{words.signIn}</Link>
              </>
            )}
          </p>
          <ContactFields {...fields} />
          <AddressFields {...fields} locations={locations} customer={customer} />
          <PaymentFields {...fields} />
        </form>
        <OrderSummary
          quote={quote}
          formId={FORM_ID}
          payOnline={draft.payment === "sslcommerz"}
          hasDistrict={draft.district !== ""}
          counting={counting}
          busy={order.placing.isPending || order.placing.isSuccess}
        >
          <Outcome problem={order.placing.error} agreedTotal={agreedTotal} newTotal={total} />
        </OrderSummary>
      </div>
    </div>
  );
}

export interface FieldsProps {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  /** What is wrong with a field, once the shopper has pressed the button. */
  problemOf: (field: TextFieldName) => string | null;
}

function useFieldProblems(draft: Draft, tried: boolean, refusal: unknown): FieldsProps["problemOf"] {
  const words = useWords(checkoutWords);
  const shared = useWords(uiWords);
  const { text } = useFormats();
  const problems = tried ? draftProblems(draft) : {};
  const said = {
    required: shared.required,
    phone: shared.badPhone,
    email: shared.badEmail,
    postcode: words.postcodeBad,
  };
  return (field) => {
    const own = problems[field];
    if (own) return said[own];
    const theirs = fieldMessages(refusal, field);
    return theirs ? text(theirs) : null;
  };
}

/** After a press that could not succeed, the first field to mend gets the focus. */
function useFocusOnProblem(tried: number, refusal: unknown) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (tried > 0) form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }, [tried, refusal]);
  return form;
}
