/** Labelled form fields: label, hint and problem are tied to the control for screen readers. */
import { useId, type ComponentProps, type ReactNode } from "react";
import { useWords } from "../i18n/context";
import { Icon } from "./Icon";
import { uiWords } from "./words";

interface Shared {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value, in the shopper's language. */
  problem?: string | null | undefined;
  className?: string | undefined;
}

interface ControlProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

function Field(props: Shared & { optional: boolean; control: (attributes: ControlProps) => ReactNode }) {
  const { label, hint, problem, className = "", optional, control } = props;
  const words = useWords(uiWords);
  const id = useId();
  const notes = [hint ? `${id}-hint` : "", problem ? `${id}-problem` : ""].filter(Boolean).join(" ");
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>
        {label} {optional && <span className="hint">{words.optional}</span>}
      </label>
      {control({
        id,
        ...(notes ? { "aria-describedby": notes } : {}),
        ...(problem ? { "aria-invalid": true as const } : {}),
      })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className="field-problem" id={`${id}-problem`}>
          <Icon name="alert" size={18} /> {problem}
        </p>
      )}
    </div>
  );
}

export function TextField({ label, hint, problem, className, ...input }: Shared & ComponentProps<"input">) {
  return (
    <Field
      {...{ label, hint, problem, className }}
      optional={input.required !== true}
      control={(attributes) => <input {...input} {...attributes} className="input" />}
    />
  );
}

export function SelectField({
  label,
  hint,
  problem,
  className,
  children,
  ...select
}: Shared & ComponentProps<"select">) {
  return (
    <Field
      {...{ label, hint, problem, className }}
      optional={select.required !== true}
      control={(attributes) => (
        <select {...select} {...attributes} className="input">
          {children}
        </select>
      )}
    />
  );
}
