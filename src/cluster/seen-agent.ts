// Who calls as a cluster's agent: the newest, and whether two processes answer to one name. Pure.
// Times are milliseconds since the epoch.
import * as z from "zod/mini";
import type { ClaimRequest } from "../protocol/calls.ts";

/** `processes`: those of this name that called of late, the last caller last. */
export const SeenAgent = z.object({
  id: z.string(),
  version: z.string(),
  node: z.nullable(z.string()),
  protocol: z.number(),
  mode: z._default(z.nullable(z.string()), null),
  at: z.number(),
  processes: z._default(z.array(z.object({ process: z.string(), at: z.number() })), []),
  /** When one of them called again after another had; null: that has not been. */
  bothAt: z._default(z.nullable(z.number()), null),
});
export type SeenAgent = z.infer<typeof SeenAgent>;

/** Two polls of an agent that has its doorbell are at most six minutes apart. */
const RECENT_MS = 15 * 60_000;
/** A poll that says nothing new is written at most once a minute: rows cost. */
const WRITTEN_EVERY_MS = 60_000;
const PROCESSES_KEPT = 8;

const isRecent = (at: number, now: number): boolean => Math.abs(now - at) < RECENT_MS;

/** The agent as this claim shows it; the same object if there is nothing to write. */
export function seenBy(before: SeenAgent | null, claim: ClaimRequest, now: number): SeenAgent {
  const { agent: id, version, node, protocol, mode, process } = claim;
  const same = before?.id === id ? before : null;
  const processes = (same?.processes ?? []).filter(({ at }) => isRecent(at, now));
  const known = processes.findIndex((seen) => seen.process === process);
  const cameBack = known !== -1 && known < processes.length - 1;
  const seen: SeenAgent = {
    id,
    version,
    node,
    protocol,
    mode,
    at: now,
    processes: seenAmong(processes, process, now),
    bothAt: cameBack ? now : (same?.bothAt ?? null),
  };
  if (before === null || isNews(before, seen, now)) return seen;
  const last = process === null ? before.at : (processes[known]?.at ?? null);
  const isFresh = last !== null && last <= now && now - last < WRITTEN_EVERY_MS;
  return isFresh ? before : seen;
}

/** Two processes of one name are alive: each has called after the other. */
export function twoAnswer(agent: SeenAgent | null, now: number): agent is SeenAgent {
  return agent !== null && agent.bothAt !== null && isRecent(agent.bothAt, now);
}

function seenAmong(
  before: SeenAgent["processes"],
  process: string | null,
  now: number,
): SeenAgent["processes"] {
  if (process === null) return before;
  const others = before.filter((seen) => seen.process !== process);
  return [...others, { process, at: now }].slice(-PROCESSES_KEPT);
}

function isNews(before: SeenAgent, seen: SeenAgent, now: number): boolean {
  const face = (of: SeenAgent): string =>
    JSON.stringify([of.id, of.version, of.node, of.protocol, of.mode]);
  return face(before) !== face(seen) || (!twoAnswer(before, now) && twoAnswer(seen, now));
}
