/** The frame's top: promise strip, logo, search, language, account, cart, and the categories on wide screens. */
import { useQuery } from "@tanstack/react-query";
import { Link, NavLink } from "react-router";
import { categoriesQuery } from "../api/catalog";
import { useCartCount } from "../cart/useCart";
import { useFormats, useLanguage, useWords } from "../i18n/context";
import { Icon } from "../ui/Icon";
import styles from "./Header.module.css";
import { Logo } from "./Logo";
import { SearchForm } from "./SearchForm";
import { useAccountLink } from "./useAccountLink";
import { appWords } from "./words";

/** As many as fit beside each other on a laptop; the last link leads to all of them. */
const CATEGORIES_IN_ROW = 8;

export function Header() {
  const words = useWords(appWords);
  const { number } = useFormats();
  const count = useCartCount();
  const account = useAccountLink();
  return (
    <header className={styles.header}>
      <div className={styles.strip}>
        <div className={`page ${styles.stripRow}`}>
          <p>{words.tagline}</p>
          <p className={styles.promise}>
            <Icon name="truck" size={18} /> {words.promise}
          </p>
        </div>
      </div>
      <div className={`page ${styles.row}`}>
        <Link to="/" className={styles.logo} aria-label="DhakaCart">
          <Logo />
        </Link>
        <SearchForm />
        <LanguageSwitch />
        <Link to={account.to} className={styles.tool}>
          <Icon name="user" />
          <span>{account.text}</span>
        </Link>
        <Link to="/cart" className={styles.tool}>
          <span className={styles.cart}>
            <Icon name="cart" />
            {count > 0 && (
              <span className={styles.count} aria-hidden="true">
                {number(count)}
              </span>
            )}
          </span>
          <span>
            {words.cart}
            {count > 0 && <span className="visually-hidden">{words.cartHolds(number(count))}</span>}
          </span>
        </Link>
      </div>
      <CategoryRow />
    </header>
  );
}

function LanguageSwitch() {
  const words = useWords(appWords);
  const { language, setLanguage } = useLanguage();
  const other = language === "en" ? "bn" : "en";
  return (
    <button
      type="button"
      className={styles.language}
      lang={other}
      title={words.switchLanguage}
      onClick={() => setLanguage(other)}
    >
      {words.otherLanguage}
    </button>
  );
}

function CategoryRow() {
  const words = useWords(appWords);
  const { text } = useFormats();
  const { data: categories } = useQuery(categoriesQuery);
  return (
    <nav aria-label={words.categories} className={styles.categories}>
      <ul className="page">
        {categories?.slice(0, CATEGORIES_IN_ROW).map((category) => (
          <li key={category.slug}>
            <NavLink to={`/c/${category.slug}`}>{text(category.name)}</NavLink>
          </li>
        ))}
        <li>
          <Link to="/#categories">{words.allCategories}</Link>
        </li>
      </ul>
    </nav>
  );
}
