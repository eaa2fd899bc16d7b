import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useParams } from "react-router";
import { confirmPasswordReset } from "../../api/account";
import { fieldMessages } from "../../api/problem";
import { useFormats, useWords } from "../../i18n/context";
import { Alert, ProblemAlert } from "../../ui/Alert";
import { uiWords } from "../../ui/words";
import { AuthCard } from "./AuthCard";
import styles from "./AuthCard.module.css";
import { PasswordField } from "./PasswordField";
import { accountWords } from "./words";

export default function ResetConfirmPage() {
  const words = useWords(accountWords);
  const shared = useWords(uiWords);
  const { text } = useFormats();
  const { uid = "", token = "" } = useParams();
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const confirming = useMutation({ mutationFn: confirmPasswordReset });
  const refused = fieldMessages(confirming.error, "new_password");

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (password && !confirming.isPending) confirming.mutate({ uid, token, new_password: password });
  }

  if (confirming.isSuccess) {
    return (
      <AuthCard title={words.confirmDone}>
        <Alert tone="good">
          <p>{words.confirmDoneText}</p>
        </Alert>
        <Link to="/account/login" className="button button-main button-large">
          {words.signIn}
        </Link>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={words.confirmTitle}>
      <form onSubmit={submit} noValidate>
        <ProblemAlert problem={confirming.error} />
        <PasswordField
          label={words.newPassword}
          autoComplete="new-password"
          value={password}
          problem={tried && !password ? shared.required : refused && text(refused)}
          onChange={setPassword}
        />
        <button type="submit" className="button button-main button-large" disabled={confirming.isPending}>
          {confirming.isPending ? words.saving : words.save}
        </button>
      </form>
      {confirming.isError && (
        <p className={styles.links}>
          <Link to="/account/reset">{words.askAgain}</Link>
        </p>
      )}
    </AuthCard>
  );
}
