import { useState } from "react";
import { useWords } from "../../i18n/context";
import { TextField } from "../../ui/Field";
import { accountWords } from "./words";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  problem?: string | null;
}

/** A password, which its owner may look at while typing. */
export function PasswordField({ label, value, onChange, autoComplete, problem = null }: Props) {
  const words = useWords(accountWords);
  const [shown, setShown] = useState(false);
  return (
    <div>
      <TextField
        label={label}
        type={shown ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={256}
        value={value}
        hint={autoComplete === "new-password" ? words.passwordHint : undefined}
        problem={problem}
        onChange={(event) => onChange(event.target.value)}
      />
      <label className="choice">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
        {words.showPassword}
      </label>
    </div>
  );
}
