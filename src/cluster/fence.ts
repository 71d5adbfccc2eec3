import * as z from "zod/mini";
import type { Store } from "./store/store.ts";

/** A fence is not given twice: more than a job that was swept away since can have had. */
const LEFT_OUT = 1_000;

/** The newest fence of the cluster; 0: none was given. One that can't be read goes on above all known. */
export function newestFence(store: Store): number {
  return store.facts.read("fence", z.number(), () => store.jobs.highestFence() + LEFT_OUT) ?? 0;
}
