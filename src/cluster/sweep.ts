import * as z from "zod/mini";
import { isBeyond } from "../jobs/clock-step.ts";
import { sweepEndings } from "./endings.ts";
import { sweepStore, type Store } from "./store/store.ts";

export const SWEEP_EVERY_MS = 86_400_000;

/**
 * Removes what is too old, at most once a day: it reads every row, and alarms come with each lease.
 * True if it did.
 */
export function sweepDaily(store: Store, now: number): boolean {
  const last = store.facts.read("sweptAt", z.number(), () => null);
  if (last !== null && !isBeyond(last, 0, now) && now - last < SWEEP_EVERY_MS) return false;
  sweepStore(store, now);
  sweepEndings(store);
  store.facts.save("sweptAt", now);
  return true;
}
