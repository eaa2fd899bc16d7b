/** One polite live region for the whole shop; Announcer.tsx shows it. */

const listeners = new Set<(text: string) => void>();

/** Have a screen reader say this when it is free to. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

export function onAnnouncement(listener: (text: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
