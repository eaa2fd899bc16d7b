import type { ProductSummary } from "../api/types";
import { LoadingNote, Skeleton } from "../ui/Skeleton";
import { ProductCard } from "./ProductCard";
import styles from "./ProductGrid.module.css";

interface Props {
  products: readonly ProductSummary[];
  /** How many stand above the fold and are fetched at once. */
  eagerCount?: number;
  heading?: "h2" | "h3";
  /** Four beside each other on a wide page instead of five. */
  roomy?: boolean;
}

export function ProductGrid({ products, eagerCount = 0, heading = "h3", roomy = false }: Props) {
  return (
    <ul className={`${styles.grid} ${roomy ? styles.roomy : ""}`}>
      {products.map((product, index) => (
        <li key={product.slug}>
          <ProductCard product={product} eager={index < eagerCount} heading={heading} />
        </li>
      ))}
    </ul>
  );
}

export function ProductGridSkeleton({ count }: { count: number }) {
  return (
    <div className={styles.grid}>
      <LoadingNote />
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className={styles.ghost}>
          <Skeleton shape="picture" />
          <Skeleton />
          <Skeleton />
          <Skeleton shape="title" />
        </div>
      ))}
    </div>
  );
}
