/** Which kind, how many, and into the cart; on a phone the price and the button stay in reach at the bottom. */
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Product, Variant } from "../../api/types";
import { useCartLines } from "../../cart/useCart";
import { useFormats, useWords } from "../../i18n/context";
import { discountPercent } from "../../i18n/format";
import { useAddToCart } from "../../product/useAddToCart";
import { Alert } from "../../ui/Alert";
import { Icon, type IconName } from "../../ui/Icon";
import { DiscountBadge, Price } from "../../ui/Price";
import { QuantityStepper } from "../../ui/QuantityStepper";
import { StockBadge } from "../../ui/StockBadge";
import { uiWords } from "../../ui/words";
import styles from "./BuyBox.module.css";
import { productWords } from "./words";

export function BuyBox({ product }: { product: Product }) {
  const words = useWords(productWords);
  const shared = useWords(uiWords);
  const { text, money, number } = useFormats();
  const navigate = useNavigate();
  const addToCart = useAddToCart();
  const [sku, setSku] = useState(() => firstChoice(product.variants)?.sku ?? "");
  const [wanted, setWanted] = useState(1);
  const held = useCartLines().find((line) => line.sku === sku)?.quantity ?? 0;
  const variant = product.variants.find((each) => each.sku === sku) ?? product.variants[0];
  if (!variant) return null;

  const name = text(product.name);
  const available = variant.stock !== "out" && variant.max_quantity > 0;
  const quantity = Math.min(wanted, Math.max(variant.max_quantity, 1));
  const saving = discountPercent(variant.price_poisha, variant.compare_at_poisha) !== null;
  const add = () => addToCart(variant.sku, quantity, name);
  const buyNow = () => {
    if (held === 0) add();
    void navigate("/checkout");
  };

  return (
    <div className={styles.box}>
      <p className={styles.brand}>{product.brand.name}</p>
      <h1>{name}</h1>
      <div className={styles.price}>
        <Price pricePoisha={variant.price_poisha} compareAtPoisha={variant.compare_at_poisha} large />
        <DiscountBadge pricePoisha={variant.price_poisha} compareAtPoisha={variant.compare_at_poisha} />
      </div>
      {saving && variant.compare_at_poisha !== null && (
        <p className={styles.save}>{words.save(money(variant.compare_at_poisha - variant.price_poisha))}</p>
      )}
      <p className={styles.stock} role="status">
        <StockBadge stock={available ? variant.stock : "out"} />
        {variant.stock === "low" && available && <span>{words.onlySome(number(variant.max_quantity))}</span>}
      </p>
      {product.variants.length > 1 && (
        <VariantChoice variants={product.variants} chosen={variant.sku} onChoose={setSku} />
      )}
      {available ? (
        <>
          <div className={styles.quantity}>
            <span className="label">{shared.quantity}</span>
            <QuantityStepper value={quantity} max={variant.max_quantity} name={name} onChange={setWanted} />
            {held > 0 && <span className="muted">{words.inCart(number(held))}</span>}
          </div>
          <div className={styles.actions}>
            <div className={styles.barPrice} aria-hidden="true">
              <Price pricePoisha={variant.price_poisha} compareAtPoisha={variant.compare_at_poisha} />
            </div>
            <button type="button" className="button button-buy button-large" onClick={add}>
              <Icon name="cart" /> {shared.addToCart}
            </button>
            <button type="button" className={`button button-main button-large ${styles.now}`} onClick={buyNow}>
              {words.buyNow}
            </button>
          </div>
        </>
      ) : (
        <Alert tone="warning" title={words.soldOut}>
          <p>{words.soldOutText}</p>
        </Alert>
      )}
      <Promises months={product.warranty_months} />
    </div>
  );
}

function firstChoice(variants: readonly Variant[]): Variant | undefined {
  return variants.find((each) => each.stock !== "out") ?? variants[0];
}

interface ChoiceProps {
  variants: readonly Variant[];
  chosen: string;
  onChoose: (sku: string) => void;
}

function VariantChoice({ variants, chosen, onChoose }: ChoiceProps) {
  const words = useWords(productWords);
  const shared = useWords(uiWords);
  const { text, money } = useFormats();
  return (
    <fieldset className={styles.variants}>
      <legend className="label">{words.choose}</legend>
      {variants.map((each) => (
        <label key={each.sku} className={styles.variant}>
          <input
            type="radio"
            name="variant"
            value={each.sku}
            checked={each.sku === chosen}
            onChange={() => onChoose(each.sku)}
          />
          <span className={styles.variantName}>{text(each.name)}</span>
          <span className={styles.variantPrice}>
            {each.stock === "out" ? shared.out : money(each.price_poisha)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Promises({ months }: { months: number }) {
  const words = useWords(productWords);
  const { number } = useFormats();
  const shown = months % 12 === 0 ? months / 12 : months;
  const promises: [IconName, string][] = [
    ["truck", words.delivery],
    ["cash", words.cash],
    ["shield", months > 0 ? words.warranty(months, number(shown)) : words.noWarranty],
  ];
  return (
    <ul className={styles.promises}>
      {promises.map(([icon, promise]) => (
        <li key={icon}>
          <Icon name={icon} /> {promise}
        </li>
      ))}
    </ul>
  );
}
