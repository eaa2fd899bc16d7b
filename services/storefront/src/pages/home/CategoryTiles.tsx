import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { categoriesQuery } from "../../api/catalog";
import { useFormats, useWords } from "../../i18n/context";
import { Picture } from "../../ui/Picture";
import { LoadingNote, Skeleton } from "../../ui/Skeleton";
import { ErrorState } from "../../ui/States";
import styles from "./CategoryTiles.module.css";
import { homeWords } from "./words";

const SKELETONS = 12;

export function CategoryTiles() {
  const words = useWords(homeWords);
  const { text, number } = useFormats();
  const categories = useQuery(categoriesQuery);
  return (
    <section id="categories" aria-labelledby="categories-heading">
      <h2 id="categories-heading" className={styles.heading}>
        {words.categories}
      </h2>
      {categories.isError && <ErrorState problem={categories.error} onRetry={() => void categories.refetch()} />}
      {categories.isPending && (
        <div className={styles.tiles}>
          <LoadingNote />
          {Array.from({ length: SKELETONS }, (_, index) => (
            <Skeleton key={index} shape="picture" />
          ))}
        </div>
      )}
      <ul className={styles.tiles}>
        {categories.data?.map((category) => (
          <li key={category.slug}>
            <Link to={`/c/${category.slug}`} className={styles.tile}>
              <Picture picture={category.picture} decorative />
              <span className={styles.name}>{text(category.name)}</span>
              <span className={styles.count}>
                {words.products(category.product_count, number(category.product_count))}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
