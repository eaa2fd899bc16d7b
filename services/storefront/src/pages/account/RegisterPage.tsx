import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useLocation } from "react-router";
import { register, sessionQuery } from "../../api/account";
import { fieldMessages } from "../../api/problem";
import { isEmail, isPhone, normalisePhone } from "../../checkout/draft";
import { useFormats, useLanguage, useWords } from "../../i18n/context";
import { ProblemAlert } from "../../ui/Alert";
import { TextField } from "../../ui/Field";
import { uiWords } from "../../ui/words";
import { AuthCard } from "./AuthCard";
import styles from "./AuthCard.module.css";
import { PasswordField } from "./PasswordField";
import { useSignedIn } from "./useSignedIn";
import { accountWords } from "./words";

const EMPTY = { name: "", phone: "", email: "", password: "" };
type Field = keyof typeof EMPTY;

export default function RegisterPage() {
  const words = useWords(accountWords);
  const shared = useWords(uiWords);
  const { text } = useFormats();
  const { language } = useLanguage();
  const { search } = useLocation();
  const signedIn = useSignedIn();
  useQuery(sessionQuery); // registering needs its CSRF token
  const [form, setForm] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const registering = useMutation({ mutationFn: register, onSuccess: signedIn });

  const problems: Partial<Record<Field, string>> = {};
  if (!form.name.trim()) problems.name = shared.required;
  if (!form.password) problems.password = shared.required;
  if (form.phone.trim() && !isPhone(form.phone)) problems.phone = shared.badPhone;
  if (form.email.trim() && !isEmail(form.email)) problems.email = shared.badEmail;
  if (!form.phone.trim() && !form.email.trim()) problems.phone = words.oneOfBoth;

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (registering.isPending || Object.keys(problems).length > 0) return;
    registering.mutate({
      name: form.name.trim(),
      phone: form.phone.trim() ? normalisePhone(form.phone) : null,
      email: form.email.trim() || null,
      password: form.password,
      language,
    });
  }

  function problemOf(field: Field): string | null {
    if (tried && problems[field]) return problems[field];
    const theirs = fieldMessages(registering.error, field);
    return theirs ? text(theirs) : null;
  }

  const change = (changes: Partial<typeof EMPTY>) => setForm({ ...form, ...changes });
  return (
    <AuthCard title={words.registerTitle} text={words.registerText}>
      <form onSubmit={submit} noValidate>
        <ProblemAlert problem={registering.error} />
        <TextField
          label={words.name}
          autoComplete="name"
          required
          maxLength={120}
          value={form.name}
          problem={problemOf("name")}
          onChange={(event) => change({ name: event.target.value })}
        />
        <TextField
          label={words.phone}
          hint={words.oneOfBoth}
          type="tel"
          autoComplete="tel"
          maxLength={40}
          value={form.phone}
          problem={problemOf("phone")}
          onChange={(event) => change({ phone: event.target.value })}
        />
        <TextField
          label={words.email}
          type="email"
          autoComplete="email"
          maxLength={120}
          value={form.email}
          problem={problemOf("email")}
          onChange={(event) => change({ email: event.target.value })}
        />
        <PasswordField
          label={words.password}
          autoComplete="new-password"
          value={form.password}
          problem={problemOf("password")}
          onChange={(password) => change({ password })}
        />
        <button type="submit" className="button button-main button-large" disabled={registering.isPending}>
          {registering.isPending ? words.creating : words.register}
        </button>
      </form>
      <p className={styles.links}>
        <span>
          {words.haveAccount} <Link to={`/account/login${search}`}>{words.signIn}</Link>
        </span>
      </p>
    </AuthCard>
  );
}
