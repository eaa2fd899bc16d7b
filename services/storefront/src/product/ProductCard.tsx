/** A product in a grid: picture, name, price, stock, and one button. */
import { Link } from "react-router";
import type { ProductSummary } from "../api/types";
import { useFormats, useWords } from "../i18n/context";
import { Picture } from "../ui/Picture";
import { DiscountBadge, Price } from "../ui/Price";
import { StockBadge } from "../ui/StockBadge";
import { uiWords } from "../ui/words";
import styles from "./ProductCard.module.css";
import { useQuickAdd } from "./useQuickAdd";

interface Props {
  product: ProductSummary;
  eager?: boolean;
  heading?: "h2" | "h3";
}

export function ProductCard({ product, eager = false, heading: Heading = "h3" }: Props) {
  const words = useWords(uiWords);
  const { text } = useFormats();
  const quickAdd = useQuickAdd(product);
  const to = `/p/${product.slug}`;
  const name = text(product.name);
  const oneChoice = product.variant_count === 1 && product.stock !== "out";
  return (
    <article className={styles.card}>
      <div className={styles.picture}>
        <Picture picture={product.picture} eager={eager} decorative />
        <span className={styles.badge}>
          <DiscountBadge pricePoisha={product.price_poisha} compareAtPoisha={product.compare_at_poisha} />
        </span>
      </div>
      <div className={styles.body}>
        <p className={styles.brand}>{product.brand.name}</p>
        <Heading className={styles.name}>
          <Link to={to} className={styles.link}>
            {name}
          </Link>
        </Heading>
        <Price pricePoisha={product.price_poisha} compareAtPoisha={product.compare_at_poisha} />
        <StockBadge stock={product.stock} />
      </div>
      <div className={styles.action}>
        {oneChoice ? (
          <button
            type="button"
            className="button button-quiet button-wide"
            disabled={quickAdd.isPending}
            aria-label={`${words.addToCart}: ${name}`}
            onClick={() => quickAdd.mutate()}
          >
            {quickAdd.isPending ? words.adding : words.addToCart}
          </button>
        ) : (
          <Link to={to} className="button button-quiet button-wide" tabIndex={-1} aria-hidden="true">
            {product.stock === "out" ? words.seeProduct : words.seeOptions}
          </Link>
        )}
      </div>
    </article>
  );
}
