import { Link } from "react-router";
import type { QuoteLine } from "../../api/types";
import { MAX_QUANTITY, type CartLine } from "../../cart/store";
import { cart } from "../../cart/useCart";
import { useFormats, useWords } from "../../i18n/context";
import { announce } from "../../ui/announcer";
import { Icon } from "../../ui/Icon";
import { Picture } from "../../ui/Picture";
import { QuantityStepper } from "../../ui/QuantityStepper";
import { Skeleton } from "../../ui/Skeleton";
import styles from "./CartLineRow.module.css";
import { cartWords } from "./words";

interface Props {
  line: CartLine;
  /** The server's word on this line; null while it has not answered for it yet. */
  priced: QuoteLine | null;
}

export function CartLineRow({ line, priced }: Props) {
  const words = useWords(cartWords);
  const { text, money } = useFormats();
  const name = priced?.name ? text(priced.name) : words.unknown;
  const sellable = priced !== null && priced.problem !== "unknown_sku" && priced.problem !== "out_of_stock";

  function remove() {
    cart.remove(line.sku);
    announce(words.removed);
    // The button that had the focus is gone with its line.
    document.getElementById("content")?.focus({ preventScroll: true });
  }

  return (
    <li className={`${styles.line} ${priced?.problem ? styles.wrong : ""}`}>
      <div className={styles.picture}>
        {priced?.picture ? <Picture picture={priced.picture} decorative /> : priced === null && <Skeleton shape="picture" />}
      </div>
      <div className={styles.what}>
        <h2 className={styles.name}>
          {priced?.product_slug ? <Link to={`/p/${priced.product_slug}`}>{name}</Link> : name}
        </h2>
        {priced?.variant_name && <p className="hint">{text(priced.variant_name)}</p>}
        {sellable && <p className="hint">{words.each(money(priced.unit_price_poisha))}</p>}
        {priced?.problem && <LineProblem line={priced} />}
      </div>
      <div className={styles.amount}>
        {sellable && (
          <QuantityStepper
            value={line.quantity}
            max={Math.min(priced.max_quantity, MAX_QUANTITY)}
            name={name}
            onChange={(quantity) => cart.setQuantity(line.sku, quantity)}
          />
        )}
        {sellable && <p className={styles.price}>{money(priced.unit_price_poisha * line.quantity)}</p>}
        <button type="button" className={styles.remove} aria-label={words.removeNamed(name)} onClick={remove}>
          <Icon name="trash" size={20} /> {priced?.problem && words.remove}
        </button>
      </div>
    </li>
  );
}

function LineProblem({ line }: { line: QuoteLine }) {
  const words = useWords(cartWords);
  const { number } = useFormats();
  const left = number(line.max_quantity);
  return (
    <div className="field-problem">
      <Icon name="alert" size={18} />
      {line.problem === "insufficient_stock" ? (
        <div>
          <p>{words.problem_insufficient_stock(left)}</p>
          <button
            type="button"
            className="button button-quiet"
            onClick={() => cart.setQuantity(line.sku, line.max_quantity)}
          >
            {words.takeLeft(left)}
          </button>
        </div>
      ) : (
        <p>{line.problem === "out_of_stock" ? words.problem_out_of_stock : words.problem_unknown_sku}</p>
      )}
    </div>
  );
}
