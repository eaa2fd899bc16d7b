import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { requestPasswordReset } from "../../api/account";
import { useWords } from "../../i18n/context";
import { Alert, ProblemAlert } from "../../ui/Alert";
import { TextField } from "../../ui/Field";
import { uiWords } from "../../ui/words";
import { AuthCard } from "./AuthCard";
import { loginName } from "./loginName";
import { accountWords } from "./words";

export default function ResetRequestPage() {
  const words = useWords(accountWords);
  const shared = useWords(uiWords);
  const [login, setLogin] = useState("");
  const [tried, setTried] = useState(false);
  const asking = useMutation({ mutationFn: requestPasswordReset });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (login.trim() && !asking.isPending) asking.mutate(loginName(login));
  }

  if (asking.isSuccess) {
    return (
      <AuthCard title={words.resetTitle}>
        <Alert tone="good" title={words.sentTitle}>
          <p>{words.sentText}</p>
        </Alert>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={words.resetTitle} text={words.resetText}>
      <form onSubmit={submit} noValidate>
        <ProblemAlert problem={asking.error} />
        <TextField
          label={words.loginField}
          autoComplete="username"
          autoCapitalize="none"
          required
          maxLength={254}
          value={login}
          problem={tried && !login.trim() ? shared.required : null}
          onChange={(event) => setLogin(event.target.value)}
        />
        <button type="submit" className="button button-main button-large" disabled={asking.isPending}>
          {asking.isPending ? words.sending : words.sendLink}
        </button>
      </form>
    </AuthCard>
  );
}
