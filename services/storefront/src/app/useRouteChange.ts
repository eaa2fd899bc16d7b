/** What a browser does on a page load and a single-page shop must do itself: scroll position and focus. */
import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";

const scrollPositions = new Map<string, number>();

export function useRouteChange(main: RefObject<HTMLElement | null>): void {
  const { pathname, hash, key } = useLocation();
  const navigation = useNavigationType();
  const lastPath = useRef(pathname);

  useEffect(() => {
    history.scrollRestoration = "manual";
  }, []);

  useEffect(() => {
    const remember = () => scrollPositions.set(key, window.scrollY);
    window.addEventListener("scroll", remember, { passive: true });
    return () => window.removeEventListener("scroll", remember);
  }, [key]);

  useLayoutEffect(() => {
    const samePage = lastPath.current === pathname;
    lastPath.current = pathname;
    if (!samePage) main.current?.focus({ preventScroll: true });
    if (navigation === NavigationType.Pop) window.scrollTo(0, scrollPositions.get(key) ?? 0);
    else if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
    else if (!samePage) window.scrollTo(0, 0);
  }, [pathname, hash, key, navigation, main]);
}
