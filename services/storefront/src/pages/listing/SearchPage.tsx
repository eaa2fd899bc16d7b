import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { filtersQuery } from "../../api/catalog";
import { useFormats, useWords } from "../../i18n/context";
import { Breadcrumbs } from "../../ui/Breadcrumbs";
import { EmptyState } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { uiWords } from "../../ui/words";
import { Listing } from "./Listing";
import styles from "./Listing.module.css";
import { listingWords } from "./words";

export default function SearchPage() {
  const words = useWords(listingWords);
  const [params] = useSearchParams();
  const searched = (params.get("q") ?? "").trim();
  usePageTitle(searched ? words.searchTitle(searched) : words.searchEmptyTitle);

  if (searched) return <Results key={searched} searched={searched} />;
  return (
    <div className="page">
      <EmptyState icon="search" heading="h1" title={words.searchEmptyTitle} text={words.searchEmptyText} />
    </div>
  );
}

function Results({ searched }: { searched: string }) {
  const words = useWords(listingWords);
  const shared = useWords(uiWords);
  const { number } = useFormats();
  const scope = { q: searched };
  const filters = useQuery(filtersQuery(scope));
  return (
    <div className="page">
      <Breadcrumbs />
      <div className={styles.head}>
        <h1>{words.searchTitle(searched)}</h1>
        {filters.data && filters.data.total > 0 && (
          <p>{words.total(filters.data.total, number(filters.data.total))}</p>
        )}
      </div>
      <Listing
        scope={scope}
        empty={
          <EmptyState icon="search" title={words.searchNoneTitle(searched)} text={words.searchNoneText}>
            <Link to="/#categories" className="button button-main">
              {shared.goHome}
            </Link>
          </EmptyState>
        }
      />
    </div>
  );
}
