// How many notifications a second are taken in, ours against its peers, in turns.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeToken } from "../../../sim/tokens.ts";
import { bodiesOf, CLUSTERS } from "./bodies.ts";
import { answersASecond } from "./load.ts";
import { KEY, startPeers } from "./peers.ts";

export type Compared = {
  readonly body: string;
  readonly peer: string;
  /** Ours divided by the peer's, a round each. */
  readonly ratios: readonly number[];
};

export type Rounds = {
  readonly rounds: number;
  readonly connections: number;
  readonly alertsARound: number;
};

export async function measureIntake(
  { rounds, connections, alertsARound }: Rounds,
  onCompared: (compared: Compared) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "backon-bench-"));
  const peers = await startPeers(folder);
  const tokens = new Map(CLUSTERS.map((name) => [name, makeToken(KEY, "alertmanager", name)]));
  const tokenFor = (cluster: string): string => tokens.get(cluster) ?? "";
  try {
    for (const [alerts, repeated] of BODIES) {
      // The same for each peer, and warmed up by a round that does not count.
      const each = peers.map((peer) => ({ peer, bodies: bodiesOf(alerts, repeated) }));
      const requests = Math.max(1, Math.ceil(alertsARound / alerts));
      const speeds: number[][] = [];
      for (let round = 0; round <= rounds; round++) {
        const speed: number[] = [];
        for (const { peer, bodies } of each)
          speed.push(
            await answersASecond({ url: peer.url, tokenFor, bodies, connections, requests }),
          );
        if (round > 0) speeds.push(speed);
      }
      for (const [index, { peer, bodies }] of each.entries())
        if (index > 0)
          onCompared({
            body: bodies.name,
            peer: peer.name,
            ratios: speeds.map((speed) => (speed[0] ?? 0) / (speed[index] ?? 0)),
          });
    }
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

const BODIES = [
  [1, false],
  [1, true],
  [20, false],
  [20, true],
] as const;
