import { Link } from "react-router";
import { useWords } from "../i18n/context";
import styles from "./Breadcrumbs.module.css";
import { uiWords } from "./words";

/** Home, then the given steps; the page itself is its own heading and not repeated. */
export function Breadcrumbs({ steps = [] }: { steps?: readonly { to: string; name: string }[] }) {
  const words = useWords(uiWords);
  return (
    <nav aria-label={words.breadcrumbs} className={styles.crumbs}>
      <ol>
        {[{ to: "/", name: words.home }, ...steps].map((step) => (
          <li key={step.to}>
            <Link to={step.to}>{step.name}</Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
