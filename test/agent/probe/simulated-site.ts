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

/** One round at these targets, with the waits of a test. */
export function probe(
  sim: NetworkSim,
  targets: readonly ProbeTarget[] = [HUB],
  changes: Partial<NetworkOptions> = {},
): Promise<Round> {
  return quickNetwork(sim, changes).probe(targets);
}

export const of = (round: Round, family: Family): Reading[] =>
  round.readings.filter((reading) => reading.family === family);

/** How the tries ended, each way once: the last stage completed, then the outcome. */
export const ends = (readings: readonly Reading[]): string[] => [
  ...new Set(readings.map((reading) => `${reading.reached} ${reading.outcome}`)),
];
