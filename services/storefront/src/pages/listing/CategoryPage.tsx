import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { categoriesQuery, filtersQuery } from "../../api/catalog";
import { useFormats, useWords } from "../../i18n/context";
import { Breadcrumbs } from "../../ui/Breadcrumbs";
import { Skeleton } from "../../ui/Skeleton";
import { EmptyState, NotFound } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { uiWords } from "../../ui/words";
import { Listing } from "./Listing";
import styles from "./Listing.module.css";
import { listingWords } from "./words";

export default function CategoryPage() {
  const words = useWords(listingWords);
  const shared = useWords(uiWords);
  const { text, number } = useFormats();
  const slug = useParams().category ?? "";
  const scope = { category: slug };
  const categories = useQuery(categoriesQuery);
  const filters = useQuery(filtersQuery(scope));
  const category = categories.data?.find((each) => each.slug === slug);
  const name = category ? text(category.name) : "";
  usePageTitle(name || null);

  if (categories.isSuccess && !category) return <NotFound />;
  return (
    <div className="page">
      <Breadcrumbs />
      <div className={styles.head}>
        {name ? <h1>{name}</h1> : <Skeleton shape="title" />}
        {filters.data && <p>{words.total(filters.data.total, number(filters.data.total))}</p>}
      </div>
      <Listing
        key={slug}
        scope={scope}
        empty={
          <EmptyState icon="box" title={words.emptyCategory} text={words.emptyCategoryText}>
            <Link to="/#categories" className="button button-main">
              {shared.goHome}
            </Link>
          </EmptyState>
        }
      />
    </div>
  );
}
