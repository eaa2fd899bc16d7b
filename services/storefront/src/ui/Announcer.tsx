import { useEffect, useState } from "react";
import { onAnnouncement } from "./announcer";

/** The live region itself. A repeated text is said again, because an alternating space makes it new. */
export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => onAnnouncement((next) => setText((last) => (last === next ? `${next}\u00a0` : next))), []);
  return (
    <div role="status" aria-live="polite" className="visually-hidden">
      {text}
    </div>
  );
}
