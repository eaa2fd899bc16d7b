/** Products of a category or a search: filters, order, grid, and the next page on demand. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, type ReactNode } from "react";
import { filtersQuery, productListQuery } from "../../api/catalog";
import { useFormats, useWords } from "../../i18n/context";
import { ProductGrid, ProductGridSkeleton } from "../../product/ProductGrid";
import { announce } from "../../ui/announcer";
import { ProblemAlert } from "../../ui/Alert";
import { EmptyState, ErrorState } from "../../ui/States";
import { countFilters, defaultSort, NO_CHOICE, productQueryFor, SORTS, type Scope, type Sort } from "./choice";
import { FilterDialog } from "./FilterDialog";
import { FilterPanel } from "./FilterPanel";
import styles from "./Listing.module.css";
import { useChoice } from "./useChoice";
import { listingWords } from "./words";

const PAGE_SIZE = 24;
const EAGER_PICTURES = 4;

interface Props {
  scope: Scope;
  /** Shown when there is nothing at all, filters or not. */
  empty: ReactNode;
}

export function Listing({ scope, empty }: Props) {
  const words = useWords(listingWords);
  const { number } = useFormats();
  const [choice, setChoice] = useChoice();
  const filters = useQuery(filtersQuery(scope));
  const list = useInfiniteQuery(productListQuery(productQueryFor(scope, choice, PAGE_SIZE)));
  const products = list.data?.pages.flatMap((page) => page.items) ?? [];
  const grid = useGridFocus(products.length, list.data?.pages.length ?? 0);

  if (list.isSuccess && products.length === 0 && countFilters(choice) === 0) return empty;

  const panel = { filters: filters.data, choice, onChange: setChoice };
  return (
    <div className={styles.layout}>
      <aside className={styles.aside} aria-label={words.filters}>
        <FilterPanel {...panel} />
      </aside>
      <div className={styles.results}>
        <div className={styles.tools}>
          <p className={styles.total} role="status">
            {list.isSuccess && words.shown(number(products.length))}
          </p>
          <FilterDialog {...panel} />
          <SortSelect scope={scope} value={choice.sort} onChange={(sort) => setChoice({ ...choice, sort })} />
        </div>
        {list.isPending && <ProductGridSkeleton count={8} />}
        {list.isError && products.length === 0 && (
          <ErrorState problem={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && products.length === 0 && (
          <EmptyState icon="filter" title={words.noneTitle} text={words.noneText}>
            <button type="button" className="button button-main" onClick={() => setChoice(NO_CHOICE)}>
              {words.clear}
            </button>
          </EmptyState>
        )}
        <div ref={grid}>
          {products.length > 0 && <ProductGrid products={products} eagerCount={EAGER_PICTURES} heading="h2" />}
        </div>
        {list.isFetchNextPageError && <ProblemAlert problem={list.error} title={words.moreFailed} />}
        {list.hasNextPage && (
          <button
            type="button"
            className={`button button-main button-large ${styles.more}`}
            aria-disabled={list.isFetchingNextPage}
            onClick={() => {
              if (!list.isFetchingNextPage) void list.fetchNextPage();
            }}
          >
            {list.isFetchingNextPage ? words.loadingMore : words.loadMore}
          </button>
        )}
        {!list.hasNextPage && products.length > PAGE_SIZE && <p className={styles.end}>{words.allShown}</p>}
      </div>
    </div>
  );
}

/** After "more", the focus goes to the first new product, so that a keyboard goes on where the list does. */
function useGridFocus(productCount: number, pageCount: number) {
  const words = useWords(listingWords);
  const { number } = useFormats();
  const grid = useRef<HTMLDivElement>(null);
  const before = useRef({ productCount, pageCount });
  useEffect(() => {
    const last = before.current;
    before.current = { productCount, pageCount };
    if (last.pageCount === 0 || pageCount !== last.pageCount + 1) return;
    announce(words.loadedMore(number(productCount - last.productCount)));
    grid.current?.querySelectorAll<HTMLElement>("li h2 a")[last.productCount]?.focus({ preventScroll: true });
  }, [productCount, pageCount, words, number]);
  return grid;
}

function SortSelect(props: { scope: Scope; value: Sort | null; onChange: (sort: Sort | null) => void }) {
  const words = useWords(listingWords);
  const first = defaultSort(props.scope);
  const offered = SORTS.filter((sort) => sort !== "relevance" || first === "relevance");
  return (
    <label className={styles.sort}>
      <span>{words.sort}</span>
      <select
        className="input"
        value={props.value ?? first}
        onChange={(event) => {
          const chosen = offered.find((sort) => sort === event.target.value) ?? first;
          props.onChange(chosen === first ? null : chosen);
        }}
      >
        {offered.map((sort) => (
          <option key={sort} value={sort}>
            {words[sort]}
          </option>
        ))}
      </select>
    </label>
  );
}
