/** The front page: what is on sale, where to look, and what is new. */
import { useQuery } from "@tanstack/react-query";
import { productRowQuery } from "../../api/catalog";
import type { ProductSummary } from "../../api/types";
import { useWords } from "../../i18n/context";
import { discountPercent } from "../../i18n/format";
import { ProductGrid, ProductGridSkeleton } from "../../product/ProductGrid";
import { ErrorState } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { CategoryTiles } from "./CategoryTiles";
import { Hero } from "./Hero";
import styles from "./HomePage.module.css";
import { TrustStrip } from "./TrustStrip";
import { homeWords } from "./words";

const FEATURED_FETCHED = 24;
const ROW = 5;
const ROWS = 2;

const featuredQuery = productRowQuery({ sort: "featured", limit: FEATURED_FETCHED });
const newestQuery = productRowQuery({ sort: "newest", limit: ROW * ROWS });

export default function HomePage() {
  const words = useWords(homeWords);
  usePageTitle("DhakaCart");
  const featured = useQuery(featuredQuery);
  const newest = useQuery(newestQuery);
  const offers = bestOffers(featured.data?.items ?? []);
  const others = (featured.data?.items ?? []).filter((product) => !offers.includes(product));

  return (
    <>
      <Hero offers={offers} loading={featured.isPending} />
      <div className={`page ${styles.sections}`}>
        <TrustStrip />
        <CategoryTiles />
        {featured.isError && <ErrorState problem={featured.error} onRetry={() => void featured.refetch()} />}
        {offers.length > 0 && (
          <section id="offers" aria-labelledby="offers-heading" className={styles.offers}>
            <div className={styles.heading}>
              <h2 id="offers-heading">{words.offers}</h2>
              <p>{words.offersText}</p>
            </div>
            <ProductGrid products={wholeRows(offers)} />
          </section>
        )}
        {(featured.isPending || others.length > 0) && (
          <section aria-labelledby="featured-heading">
            <div className={styles.heading}>
              <h2 id="featured-heading">{words.featured}</h2>
            </div>
            {featured.isPending ? (
              <ProductGridSkeleton count={ROW * ROWS} />
            ) : (
              <ProductGrid products={wholeRows(others)} />
            )}
          </section>
        )}
        {newest.data && newest.data.items.length > 0 && (
          <section aria-labelledby="newest-heading">
            <div className={styles.heading}>
              <h2 id="newest-heading">{words.newest}</h2>
            </div>
            <ProductGrid products={newest.data.items} />
          </section>
        )}
      </div>
    </>
  );
}

/** At most two rows of the wide page's five, and none that is only begun. */
function wholeRows(products: readonly ProductSummary[]): readonly ProductSummary[] {
  const rows = Math.min(Math.floor(products.length / ROW), ROWS);
  return rows === 0 ? products : products.slice(0, rows * ROW);
}

/** What can be bought at a real saving, the greatest saving first. */
function bestOffers(products: readonly ProductSummary[]): readonly ProductSummary[] {
  const saving = (product: ProductSummary) => discountPercent(product.price_poisha, product.compare_at_poisha) ?? 0;
  return products
    .filter((product) => product.stock !== "out" && saving(product) > 0)
    .sort((one, other) => saving(other) - saving(one));
}
