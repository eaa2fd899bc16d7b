import { useState, type SubmitEvent } from "react";
import type { Filters } from "../../api/types";
import { useFormats, useWords } from "../../i18n/context";
import { toAsciiDigits } from "../../i18n/format";
import { TextField } from "../../ui/Field";
import { countFilters, NO_CHOICE, parseTaka, type Choice } from "./choice";
import styles from "./FilterPanel.module.css";
import { listingWords } from "./words";

interface Props {
  filters: Filters | undefined;
  choice: Choice;
  onChange: (choice: Choice) => void;
}

export function FilterPanel({ filters, choice, onChange }: Props) {
  const words = useWords(listingWords);
  const { number } = useFormats();

  function toggleBrand(slug: string, wanted: boolean) {
    const others = choice.brands.filter((brand) => brand !== slug);
    onChange({ ...choice, brands: wanted ? [...others, slug] : others });
  }

  return (
    <div className={styles.panel}>
      <fieldset>
        <legend className="label">{words.availability}</legend>
        <label className="choice">
          <input
            type="checkbox"
            checked={choice.inStock}
            onChange={(event) => onChange({ ...choice, inStock: event.target.checked })}
          />
          {words.inStockOnly}
        </label>
      </fieldset>
      <PriceRange
        key={`${choice.minTaka}-${choice.maxTaka}`}
        filters={filters}
        choice={choice}
        onChange={onChange}
      />
      {filters && filters.brands.length > 0 && (
        <fieldset>
          <legend className="label">{words.brand}</legend>
          {filters.brands.map((brand) => (
            <label key={brand.slug} className="choice">
              <input
                type="checkbox"
                checked={choice.brands.includes(brand.slug)}
                onChange={(event) => toggleBrand(brand.slug, event.target.checked)}
              />
              <span className={styles.brand}>{brand.name}</span>
              <span className={styles.count}>{number(brand.count)}</span>
            </label>
          ))}
        </fieldset>
      )}
      {countFilters(choice) > 0 && (
        <button
          type="button"
          className="button button-link"
          onClick={() => onChange({ ...NO_CHOICE, sort: choice.sort })}
        >
          {words.clear}
        </button>
      )}
    </div>
  );
}

const POISHA_PER_TAKA = 100;

function PriceRange({ filters, choice, onChange }: Props) {
  const words = useWords(listingWords);
  const { number } = useFormats();
  const [from, setFrom] = useState(choice.minTaka === null ? "" : String(choice.minTaka));
  const [to, setTo] = useState(choice.maxTaka === null ? "" : String(choice.maxTaka));
  const [bad, setBad] = useState(false);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const minTaka = parseTaka(toAsciiDigits(from.trim()));
    const maxTaka = parseTaka(toAsciiDigits(to.trim()));
    const unread = (from.trim() !== "" && minTaka === null) || (to.trim() !== "" && maxTaka === null);
    const crossed = minTaka !== null && maxTaka !== null && minTaka > maxTaka;
    setBad(unread || crossed);
    if (!unread && !crossed) onChange({ ...choice, minTaka, maxTaka });
  }

  const limit = (poisha: number | null | undefined, round: (value: number) => number) =>
    poisha == null ? "" : number(round(poisha / POISHA_PER_TAKA));
  const shared = { inputMode: "numeric", autoComplete: "off", maxLength: 8, required: true } as const;
  return (
    <form onSubmit={submit} noValidate>
      <fieldset className={styles.price}>
        <legend className="label">{words.price}</legend>
        <TextField
          {...shared}
          label={words.from}
          value={from}
          placeholder={limit(filters?.min_price_poisha, Math.floor)}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          {...shared}
          label={words.to}
          value={to}
          placeholder={limit(filters?.max_price_poisha, Math.ceil)}
          onChange={(event) => setTo(event.target.value)}
        />
        {bad && (
          <p className={`field-problem ${styles.problem}`} role="alert">
            {words.priceBad}
          </p>
        )}
        <button type="submit" className={`button button-quiet ${styles.apply}`}>
          {words.apply}
        </button>
      </fieldset>
    </form>
  );
}
