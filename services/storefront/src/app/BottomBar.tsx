/** The phone's bottom bar. Pages with a bar of their own (product, cart, checkout) hide it. */
import { Link, useLocation } from "react-router";
import { useCartCount } from "../cart/useCart";
import { useFormats, useWords } from "../i18n/context";
import { Icon, type IconName } from "../ui/Icon";
import { uiWords } from "../ui/words";
import styles from "./BottomBar.module.css";
import { useAccountLink } from "./useAccountLink";
import { appWords } from "./words";

const OWN_BAR = /^\/(p\/|cart$|checkout$)/;

export function BottomBar() {
  const words = useWords(appWords);
  const shared = useWords(uiWords);
  const { number } = useFormats();
  const { pathname, hash } = useLocation();
  const count = useCartCount();
  const account = useAccountLink();
  if (OWN_BAR.test(pathname)) return null;

  const links: { to: string; icon: IconName; text: string; here: boolean }[] = [
    { to: "/", icon: "home", text: shared.home, here: pathname === "/" && !hash },
    { to: "/#categories", icon: "grid", text: words.categories, here: pathname.startsWith("/c/") },
    { to: "/cart", icon: "cart", text: words.cart, here: pathname === "/cart" },
    { to: account.to, icon: "user", text: account.text, here: pathname.startsWith("/account") },
  ];
  return (
    <nav aria-label={words.mainNav} className={styles.bar}>
      <ul>
        {links.map((link) => (
          <li key={link.icon}>
            <Link
              to={link.to}
              {...(link.here ? { "aria-current": "page" as const } : {})}
            >
              <span className={styles.icon}>
                <Icon name={link.icon} />
                {link.icon === "cart" && count > 0 && (
                  <span className={styles.count} aria-hidden="true">
                    {number(count)}
                  </span>
                )}
              </span>
              <span className={styles.text}>{link.text}</span>
              {link.icon === "cart" && count > 0 && (
                <span className="visually-hidden">{words.cartHolds(number(count))}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
