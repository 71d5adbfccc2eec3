// Brings faults into the lab's network and takes them back, the last change first.
import { writeFile } from "node:fs/promises";
import { DNS, resolvConf } from "./addresses.ts";
import { execute, inPlace } from "./execute.ts";
import { FAULTS, type FaultName } from "./faults/closed-list.ts";
import { EMPTY_TABLE, type Change } from "./faults/fault.ts";
import { startPulse, type Pulse } from "./pulse.ts";
import { RESOLV_FILE } from "./private-mounts.ts";
import type { InternetQuestion } from "./steering.ts";

export type FaultSwitch = {
  /** On top of those that are in force. */
  add(name: FaultName): Promise<void>;
  /** The network as built. */
  heal(): Promise<void>;
};

type AskInternet = (question: InternetQuestion) => Promise<unknown>;

export function faultSwitch(internet: AskInternet): FaultSwitch {
  let done: readonly Change[] = [];
  let pulses: readonly Pulse[] = [];
  const change = async (one: Change): Promise<void> => {
    await execute(inPlace(one.place, one.run));
    done = [one, ...done];
  };
  return {
    add: async (name) => {
      const { nft = [], pulse, changes = [], steering = {}, resolver } = FAULTS[name];
      for (const one of changes) await change(one);
      if (nft.length > 0) await loadNft(nft);
      if (pulse !== undefined) pulses = [...pulses, await startPulse(pulse, loadNft)];
      if (resolver !== undefined) await writeFile(RESOLV_FILE, resolvConf(resolver));
      await internet({ ask: "steer", steering });
    },
    heal: async () => {
      const beating = pulses;
      pulses = [];
      for (const pulse of beating) await pulse.stop();
      const undone = done;
      done = [];
      for (const { place, undo } of undone) await execute(inPlace(place, undo));
      await loadNft(EMPTY_TABLE);
      await writeFile(RESOLV_FILE, resolvConf(DNS.v4));
      await internet({ ask: "reset" });
      // What the servers still send again to clients that are gone would fill a slow link.
      await execute(inPlace("inet", ["ss", "-K", "state", "connected", "sport", "=", ":443"]));
    },
  };
}

async function loadNft(statements: readonly string[]): Promise<void> {
  const input = `${statements.join("\n")}\n`;
  await execute(inPlace("rtr", ["nft", "-f", "-"]), { input });
}
