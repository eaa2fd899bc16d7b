import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { categoriesQuery } from "../api/catalog";
import { useFormats, useWords } from "../i18n/context";
import { Icon } from "../ui/Icon";
import styles from "./Footer.module.css";
import { Logo } from "./Logo";
import { appWords } from "./words";

const SHOWN_CATEGORIES = 6;

export function Footer() {
  const words = useWords(appWords);
  const { text } = useFormats();
  const { data: categories } = useQuery(categoriesQuery);
  return (
    <footer className={styles.footer}>
      <div className={styles.weave} aria-hidden="true" />
      <div className={`page ${styles.columns}`}>
        <div className={styles.about}>
          <Logo />
          <p>{words.about}</p>
        </div>
        <nav aria-labelledby="footer-shopping">
          <h2 id="footer-shopping">{words.shopping}</h2>
          <ul>
            {categories?.slice(0, SHOWN_CATEGORIES).map((category) => (
              <li key={category.slug}>
                <Link to={`/c/${category.slug}`}>{text(category.name)}</Link>
              </li>
            ))}
            <li>
              <Link to="/#categories">{words.allCategories}</Link>
            </li>
          </ul>
        </nav>
        <nav aria-labelledby="footer-yours">
          <h2 id="footer-yours">{words.yours}</h2>
          <ul>
            <li>
              <Link to="/account">{words.account}</Link>
            </li>
            <li>
              <Link to="/account#orders">{words.myOrders}</Link>
            </li>
            <li>
              <Link to="/cart">{words.cart}</Link>
            </li>
          </ul>
        </nav>
        <div>
          <h2>{words.payWays}</h2>
          <ul className={styles.ways}>
            <li>
              <Icon name="cash" /> {words.payCash}
            </li>
            <li>
              <Icon name="card" /> {words.payOnline}
            </li>
          </ul>
        </div>
      </div>
      <p className={`page ${styles.rights}`}>© {words.rights}</p>
    </footer>
  );
}
