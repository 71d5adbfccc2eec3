// Pulls with the simulated kubelet's image client over the lab's network, as a process of its own in
// the node's place.
import { readFile } from "node:fs/promises";
import { overTheMachine } from "../../sim/network/dialer.ts";
import { createImageClient, type PullResult } from "../../sim/network/image-client.ts";
import { answerParent } from "./requests.ts";
import { systemResolver } from "./system-resolver.ts";

export type PullQuestion = { readonly ask: "pull"; readonly image: string };
export type SimPulled = { readonly result: PullResult; readonly seconds: number };

const caPem = await readFile(process.argv[2] ?? "", "utf8");

answerParent(async ({ image }: PullQuestion): Promise<SimPulled> => {
  const dnsServer = await systemResolver();
  const pull = createImageClient({ dialer: overTheMachine, dnsServer, caPem });
  const startedAt = performance.now();
  const result = await pull(image);
  return { result, seconds: (performance.now() - startedAt) / 1_000 };
});
