/** Put a product that has a single variant into the cart straight from a grid. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { productQuery } from "../api/catalog";
import type { ProductSummary } from "../api/types";
import { useFormats } from "../i18n/context";
import { useAddToCart } from "./useAddToCart";

export function useQuickAdd(product: ProductSummary) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const addToCart = useAddToCart();
  const { text } = useFormats();
  return useMutation({
    // A summary carries no SKU, so the product is read first; the cart page would need nothing more.
    mutationFn: () => client.query(productQuery(product.slug)),
    onSuccess: ({ variants }) => {
      const only = variants[0];
      if (only && variants.length === 1 && only.max_quantity > 0) addToCart(only.sku, 1, text(product.name));
      else void navigate(`/p/${product.slug}`);
    },
    // The product's page says honestly what is wrong, and offers the retry.
    onError: () => void navigate(`/p/${product.slug}`),
  });
}
