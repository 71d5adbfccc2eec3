// What is wrong with a cluster's installation, a sentence each, until somebody has mended it. Pure.
import { twoAnswer, type SeenAgent } from "./seen-agent.ts";

/** `now`: ms since the epoch. */
export function warningsOf(
  seen: { readonly cluster: string; readonly agent: SeenAgent | null },
  now: number,
): string[] {
  const { agent, cluster } = seen;
  return twoAnswer(agent, now) ? [twoAgents(cluster, agent.id)] : [];
}

export function twoAgents(cluster: string, name: string): string {
  return `two agents answer for ${cluster}, both as ${name}, and take each job from each other: stop one, or give each an AGENT_ID of its own`;
}
