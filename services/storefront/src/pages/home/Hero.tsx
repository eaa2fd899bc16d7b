/** The sale's front: it claims only what the fetched offers bear out. */
import { Link } from "react-router";
import type { ProductSummary } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { discountPercent } from "../../i18n/format";
import { Picture } from "../../ui/Picture";
import { DiscountBadge, Price } from "../../ui/Price";
import { Skeleton } from "../../ui/Skeleton";
import styles from "./Hero.module.css";
import { homeWords } from "./words";

const SHOWN_OFFERS = 3;

export function Hero({ offers, loading }: { offers: readonly ProductSummary[]; loading: boolean }) {
  const words = useWords(homeWords);
  const { number } = useFormats();
  const [best] = offers;
  const percent = best ? discountPercent(best.price_poisha, best.compare_at_poisha) : null;
  return (
    <section className={styles.hero} aria-labelledby="hero-heading">
      <div className={`page ${styles.row}`}>
        <div className={styles.say}>
          <p className={styles.eyebrow}>{percent === null ? "\u00a0" : words.saleNow(number(percent))}</p>
          <h1 id="hero-heading">{words.heading}</h1>
          <p className={styles.intro}>{words.intro}</p>
          <div className={styles.buttons}>
            {percent !== null && (
              <Link to="/#offers" className="button button-buy button-large">
                {words.seeOffers}
              </Link>
            )}
            <Link to="/#categories" className={`button button-large ${styles.ghost}`}>
              {words.browse}
            </Link>
          </div>
        </div>
        <div className={styles.offers}>
          {loading && <Skeleton shape="block" />}
          {offers.slice(0, SHOWN_OFFERS).map((product, index) => (
            <Offer key={product.slug} product={product} first={index === 0} />
          ))}
        </div>
      </div>
      <div className={styles.weave} aria-hidden="true" />
    </section>
  );
}

function Offer({ product, first }: { product: ProductSummary; first: boolean }) {
  const { text } = useFormats();
  const words = useWords(homeWords);
  return (
    <Link to={`/p/${product.slug}`} className={`${styles.offer} ${first ? styles.first : ""}`}>
      <Picture picture={product.picture} eager={first} decorative />
      <span className={styles.badge}>
        <DiscountBadge pricePoisha={product.price_poisha} compareAtPoisha={product.compare_at_poisha} />
      </span>
      <div className={styles.caption}>
        {first && <p className={styles.best}>{words.topDeal}</p>}
        <p className={styles.name}>{text(product.name)}</p>
        <Price pricePoisha={product.price_poisha} compareAtPoisha={product.compare_at_poisha} />
      </div>
    </Link>
  );
}
