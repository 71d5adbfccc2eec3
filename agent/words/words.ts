// A verdict as a person reads it.
import type { VerdictName } from "../diagnosis/verdicts.ts";

/** A verdict and the host that its words name. */
export type AtHost = { readonly name: VerdictName; readonly host: string };

export type Words = { readonly sentence: string; readonly advice: string };
