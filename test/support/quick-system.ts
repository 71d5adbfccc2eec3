// The whole system with waits in milliseconds, so that a story takes seconds.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { labCertificates, type LabCertificates } from "../../sim/network/certificates.ts";
import { QUICK_PULL } from "./quick-network.ts";
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { arrange, storyNamed, type Story } from "../../sim/stories.ts";
import { startWholeSystem, type AgentLine, type WholeSystem } from "../../sim/whole-system.ts";

const LONGHORN_ALERT = readFileSync(
  "test/fixtures/alertmanager/chain/recommended-firing-longhorn.json",
  "utf8",
);

/** docs/settings.md's defaults, shortened; the lease stays as it is. */
const QUICK_AGENT = {
  DNS_TIMEOUT_MS: "1000",
  TCP_TIMEOUT_MS: "1500",
  TLS_TIMEOUT_MS: "1000",
  HTTP_TIMEOUT_MS: "1000",
  TRY_GAP_MS: "40",
  VERIFY_GAP_MS: "20",
  VERIFY_AGAIN_MS: "100",
  SECOND_ROUND_MS: "200",
  WATCH_MS: "12000",
  WATCH_EVERY_MS: "50",
  ROUTER_PAUSE_MS: "50",
};

export type QuickSystem = WholeSystem & {
  readonly story: Story;
  readonly storage: string;
  /** Everything the agents have logged. */
  readonly lines: AgentLine[];
  /** Posts the recorded alert; the job's id. */
  alert(): Promise<string>;
  /** Waits until the job is finished or asks a person. */
  ended(job: string): Promise<JobShown>;
};

type JobShown = {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly attempt: number;
  readonly planHash: string | null;
  readonly report: {
    readonly verdict: string;
    readonly summary: string;
    readonly stages: readonly { stage: string; startedAt: number; ms: number }[];
    readonly pods: readonly {
      name: string;
      decision: string;
      restarted?: string;
      became?: string;
    }[];
    readonly rule: { state: string; ours: boolean } | null;
  };
};

let certificates: Promise<LabCertificates> | undefined;

export async function startQuickSystem(
  name: string,
  changes: {
    readonly agent?: Readonly<Record<string, string>>;
    /** The longest back-off of the simulated kubelet, ms; 300 s as in Kubernetes if left out. */
    readonly maxBackOffMs?: number;
    readonly worker?: Readonly<Record<string, string>>;
  } = {},
): Promise<QuickSystem> {
  const story = storyNamed(name);
  if (story === undefined) throw new Error(`there is no story ${name}`);
  certificates ??= labCertificates();
  const storage = await mkdtemp(join(tmpdir(), "backon-worker-"));
  const system = await startWholeSystem({
    worker: {
      port: 0,
      storage,
      tokenKey: "a-key-for-tests-of-the-whole-system",
      variables: changes.worker ?? {},
    },
    site: {
      certificates: await certificates,
      pullLimits: QUICK_PULL,
      kubelet: {
        backOffMs: 300,
        ...(changes.maxBackOffMs === undefined ? {} : { maxBackOffMs: changes.maxBackOffMs }),
      },
      router: { rules: [...story.rulesBefore, ...homeRules] },
    },
    agent: { ...QUICK_AGENT, ...changes.agent },
  });
  arrange(story, system.site);
  const lines: AgentLine[] = [];
  return {
    ...system,
    story,
    storage,
    lines,
    startAgent: (onLine = () => {}) =>
      system.startAgent((line) => {
        lines.push(line);
        onLine(line);
      }),
    async alert() {
      const path = "/v1/webhooks/alertmanager";
      const { body } = await system.call("POST", path, system.tokens.alertmanager, LONGHORN_ALERT);
      return (body as { jobs: string[] }).jobs[0] ?? "none";
    },
    ended: (job) => ended(system, job),
    async close() {
      await system.close();
      await rm(storage, { recursive: true, force: true });
    },
  };
}

async function ended(system: WholeSystem, job: string): Promise<JobShown> {
  for (;;) {
    const { body } = await system.call("GET", `/v1/jobs/${job}`, system.tokens.operator);
    const shown = body as JobShown;
    if (shown.state === "finished" || shown.state === "awaiting") return shown;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
