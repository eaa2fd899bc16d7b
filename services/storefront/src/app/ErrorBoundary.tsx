/** A page that threw, or whose code could not be fetched, leaves the rest of the shop standing. */
import { Component, type ReactNode } from "react";
import { useWords } from "../i18n/context";
import { EmptyState } from "../ui/States";
import { uiWords } from "../ui/words";

interface State {
  broken: boolean;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { broken: false };

  static getDerivedStateFromError(): State {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const words = useWords(uiWords);
  return (
    <div className="page" role="alert">
      <EmptyState icon="alert" heading="h1" title={words.brokenTitle} text={words.brokenText}>
        <button type="button" className="button button-main" onClick={() => location.reload()}>
          {words.reload}
        </button>
      </EmptyState>
    </div>
  );
}
