import { useState, type SubmitEvent } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { useWords } from "../i18n/context";
import { Icon } from "../ui/Icon";
import styles from "./SearchForm.module.css";
import { appWords } from "./words";

/** The search box; on the search page it shows what is being searched for. */
export function SearchForm() {
  const { pathname } = useLocation();
  const [params] = useSearchParams();
  const searched = pathname === "/search" ? (params.get("q") ?? "") : "";
  return <Box key={searched} searched={searched} />;
}

function Box({ searched }: { searched: string }) {
  const words = useWords(appWords);
  const navigate = useNavigate();
  const [text, setText] = useState(searched);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted) void navigate(`/search?q=${encodeURIComponent(wanted)}`);
  }

  return (
    <search className={styles.search}>
      <form onSubmit={submit} className={styles.form}>
        <input
          type="search"
          name="q"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-label={words.searchLabel}
          placeholder={words.searchPlaceholder}
          maxLength={100}
          enterKeyHint="search"
          autoComplete="off"
        />
        <button type="submit" aria-label={words.search}>
          <Icon name="search" />
        </button>
      </form>
    </search>
  );
}
