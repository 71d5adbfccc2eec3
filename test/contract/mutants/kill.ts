// Whether the contract notices a broken router.
import { allChecks } from "../all-checks.ts";
import { onSimulator } from "../run-check.ts";
import type { Mutant } from "./breaking.ts";
import { addMutants, surfaceMutants } from "./add-mutants.ts";
import { readMutants } from "./change-mutants.ts";
import { deviceMutants } from "./device-mutants.ts";
import { listMutants, packetMutants } from "./packet-mutants.ts";
import { rightsMutants, timeMutants } from "./time-mutants.ts";

export const allMutants: readonly Mutant[] = [
  surfaceMutants,
  addMutants,
  readMutants,
  packetMutants,
  listMutants,
  rightsMutants,
  timeMutants,
  deviceMutants,
].flat();

export type Killed = {
  readonly row: string;
  readonly mutant: string;
  /** The first check of the mutant's own row that noticed, and what it saw; null: it survived. */
  readonly by: { readonly check: string; readonly saw: string } | null;
};

/** Only checks of the row itself count: a row that others watch over is not checked. */
export async function kill(mutant: Mutant): Promise<Killed> {
  const { row, title } = mutant;
  for (const check of allChecks.filter(({ id }) => id === row)) {
    const { ending } = await onSimulator(check, {}, mutant);
    // A check that finds nothing to look at passes on a router, but never on a simulator.
    if (ending.kind === "as-expected") continue;
    const saw = ending.kind === "different" ? ending.got : ending.why;
    return { row, mutant: title, by: { check: check.title, saw } };
  }
  return { row, mutant: title, by: null };
}
