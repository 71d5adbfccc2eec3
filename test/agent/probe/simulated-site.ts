// A simulated site that ends with its test, the usual hosts in it, and rounds put into a few words.
import { onTestFinished } from "vitest";
import type { NetworkOptions } from "../../../agent/probe/network.ts";
import type { ProbeTarget } from "../../../agent/ports/network.ts";
import type { Family, Reading, Round } from "../../../src/protocol/round.ts";
import { labCertificates } from "../../../sim/network/certificates.ts";
import { quickNetwork } from "../../support/quick-network.ts";
import {
  startNetwork,
  type NetworkSim,
  type NetworkSimOptions,
} from "../../../sim/network/start.ts";

const certificates = await labCertificates();

export const HUB: ProbeTarget = { host: "registry-1.docker.io", role: "registry" };
export const TOKEN: ProbeTarget = { host: "auth.docker.io", role: "token" };

export async function aSite(options: NetworkSimOptions = {}): Promise<NetworkSim> {
  const sim = await startNetwork({ certificates, ...options });
  onTestFinished(() => sim.close());
  return sim;
}

/**
 * What a stage may take on this machine, as busy as it is now, in ms: a multiple of what a healthy round
 * takes. Half a second where nothing else runs.
 */
export const STAGE_MS = await (async () => {
  const sim = await startNetwork({ certificates });
  const patient = withinStages(20_000);
  try {
    await quickNetwork(sim, patient).probe([HUB, TOKEN]);
    const { ms } = await quickNetwork(sim, patient).probe([HUB, TOKEN]);
    return Math.min(Math.max(500, 6 * ms), 5_000);
  } finally {
    await sim.close();
  }
})();

function withinStages(ms: number) {
  const stages = { dnsTimeoutMs: ms, tcpTimeoutMs: ms, tlsTimeoutMs: ms, httpTimeoutMs: ms };
  return { ...stages, roundSlackMs: 3 * ms };
}

/** One round at these targets, with the waits of a test. */
export function probe(
  sim: NetworkSim,
  targets: readonly ProbeTarget[] = [HUB],
  changes: Partial<NetworkOptions> = {},
): Promise<Round> {
  return quickNetwork(sim, { ...withinStages(STAGE_MS), ...changes }).probe(targets);
}

export const of = (round: Round, family: Family): Reading[] =>
  round.readings.filter((reading) => reading.family === family);

/** How the tries ended, each way once: the last stage completed, then the outcome. */
export const ends = (readings: readonly Reading[]): string[] => [
  ...new Set(readings.map((reading) => `${reading.reached} ${reading.outcome}`)),
];
