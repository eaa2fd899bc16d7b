import { useCallback } from "react";
import { MAX_LINES, MAX_QUANTITY } from "../cart/store";
import { cart } from "../cart/useCart";
import { useFormats, useWords } from "../i18n/context";
import { toast } from "../ui/toast";
import { uiWords } from "../ui/words";

/** Add to the cart, and say what came of it, to eyes and ears alike. */
export function useAddToCart(): (sku: string, quantity: number, name: string) => void {
  const words = useWords(uiWords);
  const { number } = useFormats();
  return useCallback(
    (sku, quantity, name) => {
      const result = cart.add(sku, quantity);
      if (result === "added") toast(words.added(name), "/cart");
      else if (result === "line_full") toast(words.lineFull(number(MAX_QUANTITY)), "/cart");
      else toast(words.cartFull(number(MAX_LINES)), "/cart");
    },
    [words, number],
  );
}
