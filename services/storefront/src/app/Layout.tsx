/** The frame around every page, and what belongs to no page: skip link, live region, toasts, offline note. */
import { Suspense, useRef, useSyncExternalStore } from "react";
import { Outlet, useLocation } from "react-router";
import { useWords } from "../i18n/context";
import { Alert } from "../ui/Alert";
import { Announcer } from "../ui/Announcer";
import { PageSkeleton } from "../ui/Skeleton";
import { Toaster } from "../ui/Toaster";
import { uiWords } from "../ui/words";
import { BottomBar } from "./BottomBar";
import { ErrorBoundary } from "./ErrorBoundary";
import { Footer } from "./Footer";
import { Header } from "./Header";
import styles from "./Layout.module.css";
import { useRouteChange } from "./useRouteChange";
import { appWords } from "./words";

export function Layout() {
  const words = useWords(appWords);
  const shared = useWords(uiWords);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  useRouteChange(main);
  return (
    <div className={styles.frame}>
      <a href="#content" className={styles.skip}>
        {words.skip}
      </a>
      <Header />
      <main id="content" ref={main} tabIndex={-1} className={styles.main}>
        <OfflineNote />
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
      <Footer />
      <BottomBar />
      <Toaster linkText={words.viewCart} closeText={shared.close} />
      <Announcer />
    </div>
  );
}

function subscribeToConnection(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

function OfflineNote() {
  const words = useWords(appWords);
  const online = useSyncExternalStore(subscribeToConnection, () => navigator.onLine);
  if (online) return null;
  return (
    <div className={`page ${styles.offline}`}>
      <Alert tone="warning">
        <p>{words.offline}</p>
      </Alert>
    </div>
  );
}
