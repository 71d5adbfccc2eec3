// What the agent is at work on when it is killed, and how the site has to be in the end, whatever
// happened on the way.
import type { Path } from "../../support/a-round.ts";
import type { Row } from "../../histories/truth.ts";
import type { TortureSite } from "./site.ts";

export type Story = {
  readonly name: string;
  /** Who asks: an alert, or a person for this kind of job. */
  readonly asks: "alert" | "remediate" | "withdraw";
  readonly environment?: Readonly<Record<string, string>>;
  readonly rules?: readonly Row[];
  readonly ruleWorks?: boolean;
  readonly path?: readonly [v4: Path, v6: Path];
  readonly outcomes: readonly string[];
  readonly rulesInTheEnd: 0 | 1;
  /** True: the three pods that the path had stopped are restarted once and run. */
  readonly mends: boolean;
};

const OURS: Row = {
  chain: "forward",
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  "dst-address": "2600:1f18::/32",
  protocol: "tcp",
  "dst-port": "443",
  comment: "Block Docker Hub IPv6 - forces IPv4 fallback [backon]",
};

const mended = { outcomes: ["recovered"], rulesInTheEnd: 1, mends: true } as const;
const LOST = ["tcp timeout", "tls stall"] as const;

export const STORIES: readonly Story[] = [
  { name: "a fix", asks: "alert", ...mended },
  {
    name: "a fix by address list",
    asks: "alert",
    environment: { PROFILE: "address-list" },
    ...mended,
  },
  {
    name: "a fix that a person approves",
    asks: "alert",
    environment: { MODE: "approve" },
    ...mended,
  },
  {
    name: "a rule that does not help",
    asks: "alert",
    ruleWorks: false,
    outcomes: ["no-better"],
    rulesInTheEnd: 0,
    mends: false,
  },
  {
    name: "IPv4 that died under our rule",
    asks: "alert",
    rules: [OURS],
    path: LOST,
    outcomes: ["withdrawn", "stood-down"],
    rulesInTheEnd: 0,
    mends: false,
  },
  {
    name: "an undo",
    asks: "withdraw",
    rules: [OURS],
    outcomes: ["withdrawn"],
    rulesInTheEnd: 0,
    mends: false,
  },
];

/** What is wrong with the site; empty: nothing. */
export function faultsOf(story: Story, site: TortureSite, foreign: readonly string[]): string[] {
  const truth = site.truth();
  const faults: string[] = [];
  const say = (isWrong: boolean, what: string): void => void (isWrong && faults.push(what));
  say(truth.rules.length !== story.rulesInTheEnd, `${truth.rules.length} rules of ours`);
  say(truth.foreign.join("\n") !== foreign.join("\n"), "something foreign changed");
  const evicted = site.cluster.evictions;
  const uids = new Set(evicted.map(({ uid }) => uid));
  say(uids.size !== evicted.length, "a pod was evicted twice");
  const wrong = evicted.filter(({ name }) => !/^(web|db)-/.test(name)).map(({ name }) => name);
  say(wrong.length > 0, `restarted ${wrong.join()}`);
  const healthy = evicted.filter(({ pod }) => pod.ready).map(({ name }) => name);
  say(healthy.length > 0, `restarted ${healthy.join()}, which ran`);
  say(evicted.length !== (story.mends ? 3 : 0), `${evicted.length} restarts`);
  return faults;
}
