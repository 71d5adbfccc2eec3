// The lab's hosts as the node sees them, stage by stage, each family by address.
import { fileURLToPath } from "node:url";
import type { Lab } from "./open-lab.ts";
import type { Reached, ReachQuestion } from "./reach-process.ts";

export type Lookout = {
  /** Never rejects for a host that can't be reached. Default: the limits of a patient client. */
  reach(host: string, address: string, settings?: Settings): Promise<Reached>;
  /** Addresses, or the error's code. */
  lookup(host: string, type: "A" | "AAAA"): Promise<string>;
  stop(): Promise<void>;
};

type Settings = {
  readonly tcpMs: number;
  readonly tlsMs: number;
  /** A first flight that fits into any packet. */
  readonly smallHello?: boolean;
  /** Takes what the server shows for true. */
  readonly anyCertificate?: boolean;
};

const PATIENT = { tcpMs: 5_000, tlsMs: 10_000 };

/** A process in the node's place. */
export async function lookout(lab: Lab): Promise<Lookout> {
  const program = fileURLToPath(new URL("./reach-process.ts", import.meta.url));
  const node = await lab.spawn("node", program, [lab.caFile]);
  const ask = (question: ReachQuestion): Promise<unknown> => node.request(question);
  return {
    reach: async (host, address, settings = PATIENT) =>
      (await ask({ ask: "reach", host, address, ...settings })) as Reached,
    lookup: async (host, type) => (await ask({ ask: "lookup", host, type })) as string,
    stop: () => node.stop(),
  };
}
