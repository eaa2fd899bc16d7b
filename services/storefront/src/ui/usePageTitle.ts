import { useEffect } from "react";
import { announce } from "./announcer";

const SHOP_NAME = "DhakaCart";
let firstPage = true;

/**
 * The document's title; a change of page is also said aloud, since no page load does so.
 * Null while the title is not known yet, or when another part of the page gives it.
 */
export function usePageTitle(title: string | null): void {
  useEffect(() => {
    if (title === null) return;
    document.title = title === SHOP_NAME ? title : `${title} · ${SHOP_NAME}`;
    if (!firstPage) announce(title);
    firstPage = false;
  }, [title]);
}
