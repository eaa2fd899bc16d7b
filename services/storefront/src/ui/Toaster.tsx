import { useEffect, useState } from "react";
import { Link } from "react-router";
import { Icon } from "./Icon";
import styles from "./Toaster.module.css";
import { onToast, type Toast } from "./toast";

const SHOWN_SECONDS = 6;

/** Shows the latest toast; it stays while the focus is on it. */
export function Toaster({ linkText, closeText }: { linkText: string; closeText: string }) {
  const [shown, setShown] = useState<Toast | null>(null);
  const [held, setHeld] = useState(false);

  useEffect(() => onToast(setShown), []);
  useEffect(() => {
    if (!shown || held) return;
    const timer = setTimeout(() => setShown(null), SHOWN_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [shown, held]);

  const hold = { onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <div className={styles.region} role="status">
      {shown && (
        <div className={styles.toast}>
          <Icon name="check" />
          <p>{shown.text}</p>
          {shown.to && (
            <Link to={shown.to} className={styles.link} onClick={() => setShown(null)} {...hold}>
              {linkText}
            </Link>
          )}
          <button type="button" aria-label={closeText} onClick={() => setShown(null)} {...hold}>
            <Icon name="close" size={18} />
          </button>
        </div>
      )}
    </div>
  );
}
