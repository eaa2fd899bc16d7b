import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { sessionQuery, updateProfile } from "../../api/account";
import { fieldMessages } from "../../api/problem";
import type { Customer } from "../../api/types";
import { normalisePhone } from "../../checkout/draft";
import { useFormats, useWords } from "../../i18n/context";
import { isLanguage } from "../../i18n/language";
import { Alert, ProblemAlert } from "../../ui/Alert";
import { SelectField, TextField } from "../../ui/Field";
import { uiWords } from "../../ui/words";
import styles from "./AccountPage.module.css";
import { accountWords } from "./words";

export function ProfileForm({ customer }: { customer: Customer }) {
  const words = useWords(accountWords);
  const shared = useWords(uiWords);
  const { text } = useFormats();
  const client = useQueryClient();
  const [name, setName] = useState(customer.name);
  const [language, setLanguage] = useState(customer.language);
  const saving = useMutation({
    mutationFn: updateProfile,
    onSuccess: (saved) =>
      client.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, customer: saved }),
  });
  const refused = fieldMessages(saving.error, "name");

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (name.trim() && !saving.isPending) saving.mutate({ name: name.trim(), language });
  }

  return (
    <section className={`panel ${styles.section}`} aria-labelledby="profile-heading">
      <h2 id="profile-heading">{words.profile}</h2>
      <p className="hint">{[customer.phone && normalisePhone(customer.phone), customer.email].filter(Boolean).join(" · ")}</p>
      <form onSubmit={submit} noValidate>
        <ProblemAlert problem={saving.error} />
        {saving.isSuccess && (
          <Alert tone="good">
            <p>{words.saved}</p>
          </Alert>
        )}
        <TextField
          label={words.name}
          autoComplete="name"
          required
          maxLength={120}
          value={name}
          problem={name.trim() ? refused && text(refused) : shared.required}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField
          label={words.language}
          required
          value={language}
          onChange={(event) => {
            if (isLanguage(event.target.value)) setLanguage(event.target.value);
          }}
        >
          <option value="bn">বাংলা</option>
          <option value="en">English</option>
        </SelectField>
        <button type="submit" className="button button-main" disabled={saving.isPending}>
          {saving.isPending ? words.saving : words.save}
        </button>
      </form>
    </section>
  );
}
