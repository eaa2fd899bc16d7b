import { lazy, type ComponentType } from "react";

const RETRIES = 2;
const PAUSE_SECONDS = 1;

/** A lazily loaded page whose code is asked for again when a weak connection lost it; then the error boundary speaks. */
export function lazyPage(load: () => Promise<{ default: ComponentType }>) {
  return lazy(() => retried(load, RETRIES));
}

async function retried<T>(load: () => Promise<T>, retries: number): Promise<T> {
  try {
    return await load();
  } catch (failure) {
    if (retries === 0) throw failure;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_SECONDS * 1000));
    return retried(load, retries - 1);
  }
}
