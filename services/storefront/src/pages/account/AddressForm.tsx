import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { addAddress, addressesQuery } from "../../api/account";
import { locationsQuery } from "../../api/orders";
import { fieldMessages } from "../../api/problem";
import type { Customer } from "../../api/types";
import { draftProblems, EMPTY_DRAFT, normalisePhone, orderInput, type TextFieldName } from "../../checkout/draft";
import { useFormats, useWords } from "../../i18n/context";
import { ProblemAlert } from "../../ui/Alert";
import { SelectField, TextField } from "../../ui/Field";
import { uiWords } from "../../ui/words";
import { checkoutWords } from "../checkout/words";
import styles from "./AccountPage.module.css";
import { accountWords } from "./words";

/** A new address, under the same rules as the checkout's. */
export default function AddressForm({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const words = useWords(accountWords);
  const labels = useWords(checkoutWords);
  const shared = useWords(uiWords);
  const { text } = useFormats();
  const client = useQueryClient();
  const locations = useQuery(locationsQuery);
  const [draft, setDraft] = useState({ ...EMPTY_DRAFT, name: customer.name, phone: normalisePhone(customer.phone ?? "") });
  const [tried, setTried] = useState(false);
  const adding = useMutation({
    mutationFn: addAddress,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: addressesQuery.queryKey });
      onDone();
    },
  });
  const problems = draftProblems(draft);
  const division = locations.data?.divisions.find((each) => each.code === draft.division);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (adding.isPending || Object.keys(problems).length > 0) return;
    const { contact, address } = orderInput(draft, [], 0, customer.language);
    adding.mutate({ ...address, name: contact.name, phone: contact.phone });
  }

  /** What every control of this form shares: its value, its change, and what is wrong with it. */
  function bind(field: TextFieldName) {
    const own = tried ? problems[field] : undefined;
    const theirs = fieldMessages(adding.error, field);
    const said = {
      required: shared.required,
      phone: shared.badPhone,
      email: shared.badEmail,
      postcode: labels.postcodeBad,
    };
    return {
      label: labels[field],
      value: draft[field],
      problem: own ? said[own] : theirs && text(theirs),
      onChange: (event: { target: { value: string } }) => setDraft({ ...draft, [field]: event.target.value }),
    };
  }

  return (
    <form onSubmit={submit} noValidate>
      <ProblemAlert problem={adding.error} title={words.saveFailed} />
      <TextField {...bind("name")} required autoComplete="name" maxLength={120} />
      <TextField {...bind("phone")} required type="tel" autoComplete="tel" maxLength={20} />
      <SelectField
        {...bind("division")}
        required
        onChange={(event) => setDraft({ ...draft, division: event.target.value, district: "" })}
      >
        <option value="">{labels.choose}</option>
        {locations.data?.divisions.map((each) => (
          <option key={each.code} value={each.code}>
            {text(each.name)}
          </option>
        ))}
      </SelectField>
      <SelectField {...bind("district")} required disabled={!division}>
        <option value="">{division ? labels.choose : labels.divisionFirst}</option>
        {division?.districts.map((each) => (
          <option key={each.code} value={each.code}>
            {text(each.name)}
          </option>
        ))}
      </SelectField>
      <TextField {...bind("line1")} required autoComplete="address-line1" maxLength={200} />
      <TextField {...bind("area")} required autoComplete="address-level3" maxLength={120} />
      <TextField {...bind("postcode")} inputMode="numeric" autoComplete="postal-code" maxLength={4} />
      <div className={styles.row}>
        <button type="submit" className="button button-main" disabled={adding.isPending}>
          {adding.isPending ? words.saving : words.saveAddress}
        </button>
        <button type="button" className="button button-link" onClick={onDone}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}
