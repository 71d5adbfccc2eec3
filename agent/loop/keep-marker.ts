// Several clusters may use one rule. While this one does, it says so again and again: a marker that
// nobody renews goes by itself, and with the last one the rule may go.
import type { Log } from "../ports/log.ts";
import { turnByTurn } from "./turn-by-turn.ts";
import type { Router } from "../ports/router.ts";

const NOT_RENEWED = "marker not renewed";
/** A marker lives for a day: it outlives 23 turns that fail. */
const EVERY_MS = 3_600_000;

/** Turn after turn until stopped; what fails is logged. Leaves no marker where no job has left one. */
export async function keepMarking(
  { keepMarker }: Pick<Router, "keepMarker">,
  log: Log,
  stopped: AbortSignal,
): Promise<void> {
  if (keepMarker === undefined) return;
  const turn = async () => {
    const kept = await keepMarker();
    if (!kept.ok) log(NOT_RENEWED, { error: kept.error.message });
  };
  const failed = (error: string) => log(NOT_RENEWED, { error });
  await turnByTurn(turn, EVERY_MS, { stopped, failed });
}
