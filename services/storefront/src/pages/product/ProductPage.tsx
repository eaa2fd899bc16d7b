/** One product: pictures, kinds, price, stock, the way into the cart, and what it is. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { productQuery } from "../../api/catalog";
import type { Product } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { ProductGrid } from "../../product/ProductGrid";
import { Breadcrumbs } from "../../ui/Breadcrumbs";
import { PageSkeleton } from "../../ui/Skeleton";
import { ErrorState, isMissing, NotFound } from "../../ui/States";
import { usePageTitle } from "../../ui/usePageTitle";
import { BuyBox } from "./BuyBox";
import { Gallery } from "./Gallery";
import styles from "./ProductPage.module.css";
import { productWords } from "./words";

export default function ProductPage() {
  const slug = useParams().slug ?? "";
  const { text } = useFormats();
  const product = useQuery(productQuery(slug));
  usePageTitle(product.data ? text(product.data.name) : null);

  if (product.isPending) return <PageSkeleton />;
  if (product.isError) {
    if (isMissing(product.error)) return <NotFound />;
    return <ErrorState heading="h1" problem={product.error} onRetry={() => void product.refetch()} />;
  }
  return <Details key={slug} product={product.data} />;
}

function Details({ product }: { product: Product }) {
  const words = useWords(productWords);
  const { text } = useFormats();
  return (
    <div className="page">
      <Breadcrumbs steps={[{ to: `/c/${product.category.slug}`, name: text(product.category.name) }]} />
      <div className={styles.top}>
        <Gallery pictures={product.pictures} />
        <BuyBox product={product} />
      </div>
      <div className={styles.more}>
        <section aria-labelledby="about-heading">
          <h2 id="about-heading">{words.description}</h2>
          {text(product.description)
            .split(/\n{2,}/)
            .map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
        </section>
        {product.specifications.length > 0 && (
          <section aria-labelledby="specifications-heading">
            <h2 id="specifications-heading">{words.specifications}</h2>
            <dl className={styles.specifications}>
              {product.specifications.map((each) => (
                <div key={each.name.en}>
                  <dt>{text(each.name)}</dt>
                  <dd>{text(each.value)}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
      </div>
      {product.related.length > 0 && (
        <section aria-labelledby="related-heading" className={styles.related}>
          <h2 id="related-heading">{words.related}</h2>
          <ProductGrid products={product.related} roomy />
        </section>
      )}
    </div>
  );
}
