import { useWords } from "../../i18n/context";
import { TextField } from "../../ui/Field";
import type { FieldsProps } from "./CheckoutForm";
import { checkoutWords } from "./words";

export function ContactFields({ draft, change, problemOf }: FieldsProps) {
  const words = useWords(checkoutWords);
  return (
    <fieldset className="panel">
      <legend className="visually-hidden">{words.contact}</legend>
      <h2 aria-hidden="true">{words.contact}</h2>
      <div className="form-grid">
        <TextField
          label={words.name}
          className="full"
          autoComplete="name"
          required
          maxLength={120}
          value={draft.name}
          problem={problemOf("name")}
          onChange={(event) => change({ name: event.target.value })}
        />
        <TextField
          label={words.phone}
          hint={words.phoneHint}
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          required
          maxLength={40}
          value={draft.phone}
          problem={problemOf("phone")}
          onChange={(event) => change({ phone: event.target.value })}
        />
        <TextField
          label={words.email}
          hint={words.emailHint}
          type="email"
          autoComplete="email"
          maxLength={120}
          value={draft.email}
          problem={problemOf("email")}
          onChange={(event) => change({ email: event.target.value })}
        />
      </div>
    </fieldset>
  );
}
