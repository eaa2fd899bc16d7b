import { useQuery } from "@tanstack/react-query";
import { addressesQuery } from "../../api/account";
import type { Customer, Locations } from "../../api/types";
import { normalisePhone } from "../../checkout/draft";
import { useFormats, useWords } from "../../i18n/context";
import { SelectField, TextField } from "../../ui/Field";
import type { FieldsProps } from "./CheckoutForm";
import { checkoutWords } from "./words";

interface Props extends FieldsProps {
  locations: Locations;
  customer: Customer | null;
}

export function AddressFields({ draft, change, problemOf, locations, customer }: Props) {
  const words = useWords(checkoutWords);
  const { text, money } = useFormats();
  const division = locations.divisions.find((each) => each.code === draft.division);
  return (
    <fieldset className="panel">
      <legend className="visually-hidden">{words.address}</legend>
      <h2 aria-hidden="true">{words.address}</h2>
      <div className="form-grid">
        {customer && <SavedAddresses draft={draft} change={change} problemOf={problemOf} />}
        <SelectField
          label={words.division}
          autoComplete="address-level1"
          required
          value={draft.division}
          problem={problemOf("division")}
          onChange={(event) => change({ division: event.target.value, district: "" })}
        >
          <option value="">{words.choose}</option>
          {locations.divisions.map((each) => (
            <option key={each.code} value={each.code}>
              {text(each.name)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={words.district}
          autoComplete="address-level2"
          required
          disabled={!division}
          value={draft.district}
          problem={problemOf("district")}
          onChange={(event) => change({ district: event.target.value })}
        >
          <option value="">{division ? words.choose : words.divisionFirst}</option>
          {division?.districts.map((each) => (
            <option key={each.code} value={each.code}>
              {text(each.name)} · {words.delivery} {money(each.delivery_poisha)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={words.line1}
          className="full"
          autoComplete="address-line1"
          required
          maxLength={200}
          value={draft.line1}
          problem={problemOf("line1")}
          onChange={(event) => change({ line1: event.target.value })}
        />
        <TextField
          label={words.area}
          autoComplete="address-level3"
          required
          maxLength={120}
          value={draft.area}
          problem={problemOf("area")}
          onChange={(event) => change({ area: event.target.value })}
        />
        <TextField
          label={words.postcode}
          autoComplete="postal-code"
          inputMode="numeric"
          maxLength={4}
          value={draft.postcode}
          problem={problemOf("postcode")}
          onChange={(event) => change({ postcode: event.target.value })}
        />
      </div>
    </fieldset>
  );
}

function SavedAddresses({ draft, change }: FieldsProps) {
  const words = useWords(checkoutWords);
  const { text } = useFormats();
  const addresses = useQuery(addressesQuery);
  // A list that does not load is only a convenience lost: the fields below remain.
  if (!addresses.data || addresses.data.length === 0) return null;
  const chosen = addresses.data.find(
    (each) => each.line1 === draft.line1 && each.area === draft.area && each.district.code === draft.district,
  );
  return (
    <SelectField
      label={words.savedAddress}
      className="full"
      required
      value={chosen ? String(chosen.id) : ""}
      onChange={(event) => {
        const address = addresses.data.find((each) => String(each.id) === event.target.value);
        if (!address) return;
        change({
          name: address.name,
          phone: normalisePhone(address.phone),
          line1: address.line1,
          area: address.area,
          division: address.division.code,
          district: address.district.code,
          postcode: address.postcode ?? "",
        });
      }}
    >
      <option value="">{words.newAddress}</option>
      {addresses.data.map((each) => (
        <option key={each.id} value={each.id}>
          {each.line1}, {each.area}, {text(each.district.name)}
        </option>
      ))}
    </SelectField>
  );
}
