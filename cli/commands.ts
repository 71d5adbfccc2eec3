// The commands beside the agent's, and the words that each takes.
import type { Process } from "../agent/commands/command-line.ts";
import type { Command } from "../agent/commands/usage.ts";
import type { Words } from "../agent/commands/words.ts";
import { deploy } from "./deploy.ts";
import { token } from "./token.ts";

export const COMMANDS: Readonly<Record<string, Command>> = {
  demo: {
    words: "[--fault NAME] [--once] [--port N] [--json]",
    says: [
      "the whole system on this machine at a simulated site, one story told while it happens;",
      "--fault list names the stories, --once ends after it, --port is the Worker's (default 8787,",
      "0 for any), --json gives the end as JSON",
    ],
    takes: { flags: ["once", "json"], values: { fault: null, port: null } },
    ends: "0 it ended as it should, 1 it did not, 64 usage",
  },
  deploy: {
    words: "[--dry-run] [--new-key] [--json]",
    says: [
      "the Worker to Cloudflare; the first time it makes the key and prints the first operator token;",
      "--dry-run uploads nothing, --new-key ends every token and prints a new one",
    ],
    takes: { flags: ["dry-run", "new-key", "json"] },
    ends: "0 done, 64 usage, else wrangler's",
  },
  token: {
    words: "--cluster NAME --role ROLE [--sub WHO] [--days N] [--json]",
    says: [
      "mint a token at the Worker (BACKON_URL, BACKON_TOKEN or BACKON_TOKEN_FILE); ROLE is agent,",
      "alertmanager or operator",
    ],
    takes: {
      flags: ["json"],
      values: {
        cluster: null,
        role: ["agent", "alertmanager", "operator"],
        sub: null,
        days: null,
      },
    },
    ends: "0 the token is on standard output, 1 it was not minted, 64 usage",
  },
};

/** One of COMMANDS to its end; the exit code. */
export async function run(name: string, words: Words, process: Process): Promise<number> {
  switch (name) {
    case "demo": {
      // The simulated site is only loaded by who wants it.
      const { demo } = await import("./demo/demo.ts");
      return demo(words, process);
    }
    case "deploy":
      return deploy(words, process);
    case "token":
      return token(words, process);
    default:
      return 64;
  }
}
