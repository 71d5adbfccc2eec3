// The commands, the words that each takes, and what `--help` says of it.
import { VERSION } from "../../src/protocol/version.ts";

/** What a command takes besides `--help` and `--version`. */
export type Takes = {
  readonly flags: readonly string[];
  /** Option → the values that it may have; null: any text. */
  readonly values?: Readonly<Record<string, readonly string[] | null>>;
  /** What other words may follow; left out: none. */
  readonly others?: string;
  /** Options that stand for a variable of the settings. */
  readonly settings?: Readonly<Record<string, string>>;
};
export type Command = {
  /** The words behind the name. */
  readonly words: string;
  readonly says: readonly string[];
  readonly takes: Takes;
  /** Its exit codes. */
  readonly ends: string;
};

type Commands = Readonly<Record<string, Command>>;

/** The agent's own. */
export const COMMANDS: Commands = {
  run: {
    words: "[--json]",
    says: ["take jobs from the Worker and carry them out; its log is always JSON"],
    takes: { flags: ["json"] },
    ends: "0 told to stop, 64 usage or settings",
  },
  diagnose: {
    words: "[REGISTRY…] [--json]",
    says: ["measure the path to a registry (default docker.io); changes nothing"],
    takes: { flags: ["json"], others: "registries such as docker.io or ghcr.io" },
    ends: "0 healthy, 1 a fault was found, 2 could not tell, 64 usage",
  },
  fix: {
    words:
      "[REGISTRY] [--router URL] [--user NAME] [--context NAME] [--yes] [--dry-run] [--report FILE] [--json]",
    says: [
      "the repair by hand as one command, without Worker or agent, by kubectl's own login: proves the cause,",
      "shows the plan, asks, applies, verifies or takes back, restarts, watches. Without a router: the lines",
      "to paste. --dry-run stops at the plan, --report saves FILE.json and FILE.md. The router's password is",
      "asked for, or ROUTER_PASSWORD (or _FILE). Ctrl-C leaves what withdraw takes off",
    ],
    takes: {
      flags: ["yes", "dry-run", "json"],
      values: { router: null, user: null, context: null, report: null },
      others: "a registry such as docker.io",
      settings: { router: "ROUTER_URL", user: "ROUTER_USER" },
    },
    ends: "0 the pods have their images, or nothing fails; 1 not so; 64 usage or settings",
  },
  classify: {
    words: "[--json]",
    says: ["pull errors on standard input, a line each → label, host, family; always JSON"],
    takes: { flags: ["json"] },
    ends: "0, 64 usage",
  },
  plan: {
    words: "[--remedy clamp] [--format routeros] [--json]",
    says: [
      "the rule for this configuration, to type by hand; --remedy clamp: the MSS clamp",
      "instead; --format routeros prints the commands alone, --json the whole plan",
    ],
    takes: { flags: ["json"], values: { format: ["routeros"], remedy: ["clamp"] } },
    ends: "0, 64 usage",
  },
  doctor: {
    words: "[--json]",
    says: ["settings, Worker, router, cluster, network: what is wrong, how to mend it"],
    takes: { flags: ["json"] },
    ends: "0 no fault, 1 a fault, 64 usage",
  },
  withdraw: {
    words: "[--all] [--json]",
    says: [
      "remove our rule from the router, without the Worker; with --all although",
      "other clusters use it",
    ],
    takes: { flags: ["all", "json"] },
    ends: "0 none of our rules is left, 1 that is not sure, 64 usage or no router",
  },
};

const WIDTH = 29;
const SETTINGS = "Settings are environment variables: docs/settings.md.";

/** What can be done, a command a paragraph. */
export function usage(commands: Commands): string {
  const lines = Object.entries(commands).flatMap(([name, { words, says }]) => {
    const head = `  ${name} ${words}`.trimEnd();
    const short = head.length < WIDTH - 1;
    const text = says.map((line) => `${" ".repeat(WIDTH)}${line}`);
    const [first = "", ...more] = text;
    return short ? [head.padEnd(WIDTH) + first.trimStart(), ...more] : [head, ...text];
  });
  return `backon COMMAND [OPTIONS]; in a checkout: npx backon COMMAND, or npm run backon -- COMMAND

${lines.join("\n")}

COMMAND --help says more of one, --version prints the version.
Exit codes: 0 healthy or done, 1 a fault was found or it failed, 2 could not tell, 64 usage.
${SETTINGS}
`;
}

/** What one command takes and how it ends. */
export function usageOf(name: string, { words, says, ends }: Command): string {
  return `${`${name} ${words}`.trimEnd()}

${says.join("\n")}
Exit codes: ${ends}.
${SETTINGS}
`;
}

export const VERSION_LINE = `backon ${VERSION}\n`;
