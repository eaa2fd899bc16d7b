import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { adoptSession, changePassword } from "../../api/account";
import { fieldMessages } from "../../api/problem";
import { useFormats, useWords } from "../../i18n/context";
import { Alert, ProblemAlert } from "../../ui/Alert";
import { uiWords } from "../../ui/words";
import styles from "./AccountPage.module.css";
import { PasswordField } from "./PasswordField";
import { accountWords } from "./words";

export function PasswordForm() {
  const words = useWords(accountWords);
  const shared = useWords(uiWords);
  const { text } = useFormats();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [tried, setTried] = useState(false);
  const changing = useMutation({
    mutationFn: changePassword,
    onSuccess: (session) => {
      adoptSession(client, session);
      setCurrent("");
      setNext("");
      setTried(false);
    },
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (current && next && !changing.isPending) changing.mutate({ current_password: current, new_password: next });
  }

  function problemOf(value: string, field: string): string | null {
    if (tried && !value) return shared.required;
    const theirs = fieldMessages(changing.error, field);
    return theirs ? text(theirs) : null;
  }

  return (
    <section className={`panel ${styles.section}`} aria-labelledby="password-heading">
      <h2 id="password-heading">{words.security}</h2>
      <form onSubmit={submit} noValidate>
        <ProblemAlert problem={changing.error} />
        {changing.isSuccess && (
          <Alert tone="good">
            <p>{words.passwordChanged}</p>
          </Alert>
        )}
        <PasswordField
          label={words.currentPassword}
          autoComplete="current-password"
          value={current}
          problem={problemOf(current, "current_password")}
          onChange={setCurrent}
        />
        <PasswordField
          label={words.newPassword}
          autoComplete="new-password"
          value={next}
          problem={problemOf(next, "new_password")}
          onChange={setNext}
        />
        <button type="submit" className="button button-quiet" disabled={changing.isPending}>
          {changing.isPending ? words.saving : words.changePassword}
        </button>
      </form>
    </section>
  );
}
