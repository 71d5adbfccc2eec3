// `diagnose` as one file, on the lab's node: the Node of the project and the machine's own.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownNode } from "../support/own-node.ts";
import type { FaultName } from "./faults/closed-list.ts";
import { openLab, type Lab } from "./open-lab.ts";
import { findLab } from "./requirements.ts";

const { skip, note } = await findLab();
const NODES = [
  ["the Node of the project", process.execPath],
  ["the machine's own Node", ownNode()],
] as const;

/**
 * Seconds, in a client's TLS limits (10 s: Go, net/http), so that a busy machine fails nothing: a healthy path
 * waits for none; a stall for one, or where connections took long and all is measured again, for two.
 */
const NO_LIMIT_S = 10;
const ROUNDS_S = 30;

describe.skipIf(skip)(`diagnose in the network lab${note}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
    const file = path.join(lab.folder, "diagnose.cjs");
    execFileSync(process.execPath, ["scripts/bundle.ts", "diagnose", file]);
  });
  afterAll(() => lab?.close());

  /** The verdict, the exit code and how long it took, in seconds. */
  const diagnose = async (
    node: string,
    fault: FaultName,
  ): Promise<{ verdict: string; code: string; seconds: number }> => {
    await lab.heal();
    await lab.fault(fault);
    const command = `cd ${lab.folder} && EXTRA_CA_FILE=${lab.caFile} ${node} diagnose.cjs --json; echo " $?"`;
    const startedAt = performance.now();
    const said = await lab.run("node", ["sh", "-c", command], 60_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    const [json = "", code = ""] = said.trim().split("\n");
    const { verdict } = JSON.parse(json) as { verdict: string };
    return { verdict, code: code.trim(), seconds };
  };

  describe.each(NODES)("on %s", (_which, node) => {
    test.each<[FaultName, string, string, number]>([
      ["none", "healthy-now", "0", NO_LIMIT_S],
      ["a1", "ipv6-tls-stall", "1", ROUNDS_S],
      // Only a ClientHello as large as that of a Go client of today meets this fault.
      ["a2w", "path-mtu", "1", ROUNDS_S],
      ["j", "no-ipv6", "0", NO_LIMIT_S],
      ["k", "ipv6-blob-stall", "1", ROUNDS_S],
    ])("%s is %s, exit code %s, in under %i s", async (fault, verdict, code, most) => {
      const ran = await diagnose(node, fault);

      expect(ran).toMatchObject({ verdict, code });
      expect(ran.seconds).toBeLessThan(most);
    });
  });
});
