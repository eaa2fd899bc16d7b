/** A short message that passes by itself; Toaster.tsx shows it. */

export interface Toast {
  text: string;
  /** Where its link leads, if it has one. */
  to: string | null;
}

const listeners = new Set<(toast: Toast) => void>();

export function toast(text: string, to: string | null = null): void {
  for (const listener of listeners) listener({ text, to });
}

export function onToast(listener: (toast: Toast) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
