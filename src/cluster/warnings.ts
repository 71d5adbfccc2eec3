// What is wrong with a cluster's installation, a sentence each, until somebody has mended it. Pure.
import type { SetAside } from "./store/set-aside.ts";
import { twoAnswer, type SeenAgent } from "./seen-agent.ts";

/** `now`: ms since the epoch. */
export function warningsOf(
  seen: {
    readonly cluster: string;
    readonly agent: SeenAgent | null;
    readonly setAside: { readonly count: number; readonly newest: SetAside | null };
  },
  now: number,
): string[] {
  const { agent, cluster, setAside } = seen;
  return [
    ...(twoAnswer(agent, now) ? [twoAgents(cluster, agent.id)] : []),
    ...(setAside.newest === null ? [] : [unreadable(setAside.count, setAside.newest)]),
  ];
}

export function twoAgents(cluster: string, name: string): string {
  return `two agents answer for ${cluster}, both as ${name}, and take each job from each other: stop one, or give each an AGENT_ID of its own`;
}

function unreadable(count: number, { kind, id, at, why }: SetAside): string {
  const since = new Date(at).toISOString();
  return `${count} stored record(s) could not be read and were set aside, the newest ${kind} ${id} at ${since} (${why}): ask anew for what it was to do`;
}
