// Watches the router while the agent works: what each write did, and that nothing foreign changes.
import type { Policy } from "../../agent/ports/policy.ts";
import type { RestRequest } from "../../sim/routeros/rest-request.ts";
import type { RouterOs } from "../../sim/routeros/server.ts";
import { isEnabled, truthOf, type Truth } from "./truth.ts";

/** What must hold does not. */
export class Violation extends Error {}

/** A write that changed something of ours. */
export type Effect = {
  readonly kind: "rule added" | "rule removed" | "rule moved" | "entry written" | "entry removed";
};

export type Watcher = {
  /** Writes since the last `begin()` that changed something. */
  readonly effects: readonly Effect[];
  /** Since then a person or a reboot changed something, too. */
  readonly disturbed: boolean;
  /** `asked`: a person asked for the job that follows. */
  begin(asked: boolean): Truth;
  /** The agent has read the rules. */
  read(): void;
  /** Before and after each write of the agent. */
  before(request: RestRequest): void;
  after(request: RestRequest): void;
  /** A person or the router itself changes something here. */
  elsewhere(change: () => Promise<void>): Promise<void>;
  truth(): Truth;
};

export function watch(os: RouterOs, policy: Policy): Watcher {
  const truth = () => truthOf(os, policy);
  let foreign = truth().foreign.join("\n");
  let effects: Effect[] = [];
  let disturbed = false;
  let last = truth();
  let person = false;
  let lastRead: Truth | null = null;
  const nothingForeignChanged = (now: Truth) => {
    const is = now.foreign.join("\n");
    if (is !== foreign)
      throw new Violation(`something foreign changed; before:\n${foreign}\nnow:\n${is}`);
  };
  return {
    get effects() {
      return effects;
    },
    get disturbed() {
      return disturbed;
    },
    begin(asked) {
      person = asked;
      lastRead = null;
      effects = [];
      disturbed = false;
      return truth();
    },
    read: () => void (lastRead = truth()),
    before({ method, path }) {
      last = truth();
      const rules = lastRead?.rules ?? [];
      const isTheirs = rules.length > 0 && !rules.some(isEnabled) && !person;
      if (isTheirs && method === "PUT" && path.endsWith("/filter"))
        throw new Violation("an alert's job adds a rule, having read that a person disabled ours");
    },
    after() {
      const now = truth();
      nothingForeignChanged(now);
      effects.push(...effectsOf(last, now));
    },
    async elsewhere(change) {
      nothingForeignChanged(truth());
      await change();
      disturbed = true;
      foreign = truth().foreign.join("\n");
    },
    truth() {
      const now = truth();
      nothingForeignChanged(now);
      return now;
    },
  };
}

function effectsOf(before: Truth, after: Truth): Effect[] {
  const ids = (rows: Truth["rows"]) => rows.map((row) => row[".id"] ?? "");
  const [was, is] = [ids(before.rules), ids(after.rules)];
  const [listed, lists] = [ids(before.entries), ids(after.entries)];
  const order = ids(before.rows).filter((id) => ids(after.rows).includes(id));
  const moved = ids(after.rows).filter((id) => ids(before.rows).includes(id));
  const lives = (truth: Truth) => truth.entries.map((one) => `${one[".id"]} ${one["timeout"]}`);
  const renewed = lives(after).some((life) => !lives(before).includes(life));
  const found: Effect[] = [];
  if (is.some((id) => !was.includes(id))) found.push({ kind: "rule added" });
  if (was.some((id) => !is.includes(id))) found.push({ kind: "rule removed" });
  if (order.join() !== moved.join()) found.push({ kind: "rule moved" });
  if (renewed) found.push({ kind: "entry written" });
  if (listed.some((id) => !lists.includes(id))) found.push({ kind: "entry removed" });
  return found;
}
