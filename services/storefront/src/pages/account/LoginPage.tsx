import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useLocation } from "react-router";
import { logIn, sessionQuery } from "../../api/account";
import { useWords } from "../../i18n/context";
import { ProblemAlert } from "../../ui/Alert";
import { TextField } from "../../ui/Field";
import { uiWords } from "../../ui/words";
import { AuthCard } from "./AuthCard";
import styles from "./AuthCard.module.css";
import { loginName } from "./loginName";
import { PasswordField } from "./PasswordField";
import { useSignedIn } from "./useSignedIn";
import { accountWords } from "./words";

export default function LoginPage() {
  const words = useWords(accountWords);
  const shared = useWords(uiWords);
  const { search } = useLocation();
  const signedIn = useSignedIn();
  useQuery(sessionQuery); // signing in needs its CSRF token
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const loggingIn = useMutation({ mutationFn: logIn, onSuccess: signedIn });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    if (!loggingIn.isPending && login.trim() && password) loggingIn.mutate({ login: loginName(login), password });
  }

  return (
    <AuthCard title={words.loginTitle}>
      <form onSubmit={submit} noValidate>
        <ProblemAlert problem={loggingIn.error} />
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
        <PasswordField
          label={words.password}
          autoComplete="current-password"
          value={password}
          problem={tried && !password ? shared.required : null}
          onChange={setPassword}
        />
        <button type="submit" className="button button-main button-large" disabled={loggingIn.isPending}>
          {loggingIn.isPending ? words.signingIn : words.signIn}
        </button>
      </form>
      <div className={styles.links}>
        <Link to="/account/reset">{words.forgot}</Link>
        <p>
          {words.noAccount} <Link to={`/account/register${search}`}>{words.register}</Link>
        </p>
      </div>
    </AuthCard>
  );
}
