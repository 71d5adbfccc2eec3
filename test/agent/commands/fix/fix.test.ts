// `fix` at the simulated site: the real kubectl as the way to the cluster, the simulated router, real sockets.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { fixCommand } from "../../../../agent/commands/fix.ts";
import { readSettings } from "../../../../agent/settings/environment.ts";
import { siteDialer } from "../../../../sim/network/site-dialer.ts";
import { startSite, type Site } from "../../../../sim/site.ts";
import { arrange, storyNamed } from "../../../../sim/stories.ts";
import { QUICK_PULL } from "../../../support/quick-network.ts";
import { findTool } from "../../../support/tools.ts";

const kubectl = findTool("kubectl");
afterEach(() => vi.unstubAllEnvs());

type World = { readonly site: Site; readonly folder: string };

/** The story's site, and a kubeconfig that leads to it. */
async function aSite(story: string): Promise<World> {
  const told = storyNamed(story);
  if (told === undefined) throw new Error(story);
  const folder = mkdtempSync(join(tmpdir(), "backon-fix-"));
  const site = await startSite({ pullLimits: QUICK_PULL, kubelet: { backOffMs: 200 } });
  onTestFinished(async () => {
    await site.close();
    rmSync(folder, { recursive: true });
  });
  arrange(told, site);
  const { KUBERNETES_URL, KUBERNETES_TOKEN, KUBERNETES_CA_FILE } = site.agentEnvironment;
  writeFileSync(
    join(folder, "kubeconfig"),
    JSON.stringify({
      "current-context": "home",
      clusters: [
        {
          name: "home",
          cluster: { server: KUBERNETES_URL, "certificate-authority": KUBERNETES_CA_FILE },
        },
      ],
      users: [{ name: "anna", user: { token: KUBERNETES_TOKEN } }],
      contexts: [{ name: "home", context: { cluster: "home", user: "anna" } }],
    }),
  );
  vi.stubEnv("KUBECONFIG", join(folder, "kubeconfig"));
  return { site, folder };
}

type Asked = {
  readonly flags?: readonly string[];
  readonly report?: string;
  readonly router?: false;
  readonly node?: string;
  readonly answer?: string;
  readonly stopped?: AbortSignal;
  readonly heard?: (text: string) => void;
};

async function fix({ site, folder }: World, asked: Asked = {}) {
  const { KUBERNETES_URL: _url, KUBERNETES_TOKEN: _token, ...environment } = site.agentEnvironment;
  const quick = {
    TCP_TIMEOUT_MS: "5000",
    TLS_TIMEOUT_MS: "3000",
    TRY_GAP_MS: "10",
    WATCH_EVERY_MS: "100",
  };
  const own = { ROUTER_PAUSE_MS: "1", SECOND_ROUND_MS: "100", FAILING_FOR_MS: "1" };
  const env = { ...environment, ...quick, ...own, NODE_NAME: asked.node ?? "node-a" };
  const settings = readSettings(asked.router === false ? { ...env, ROUTER_URL: "" } : env);
  if (!settings.ok) throw new Error(settings.message);
  const { answer } = asked;
  let out = "";
  const hear = (text: string): void => {
    out += text;
    asked.heard?.(text);
  };
  const questions: string[] = [];
  const values = new Map(asked.report === undefined ? [] : [["report", asked.report]]);
  const code = await fixCommand(
    { flags: new Set(asked.flags), values, others: [] },
    settings.settings,
    {
      dialer: siteDialer({ gatewayPort: site.network.gatewayPort }),
      stopped: asked.stopped ?? new AbortController().signal,
      out: hear,
      err: hear,
      stateFolder: join(folder, "state"),
      ...(answer === undefined
        ? {}
        : {
            ask: async (question: string) => {
              questions.push(question);
              return answer;
            },
          }),
    },
  );
  return { code, out, questions };
}

const ours = ({ site }: World): number =>
  site.router.table().filter(({ comment }) => comment?.includes("[backon]")).length;
const unfinished = ({ folder }: World): string[] => readdirSync(join(folder, "state"));
const SLOW = { timeout: 120_000 };

test.skipIf(kubectl.skip)(
  `proves, shows the plan, asks, applies, restarts, and saves the report${kubectl.note}`,
  SLOW,
  async () => {
    const world = await aSite("ipv6-stall");
    const report = join(world.folder, "case.json");

    const { code, out, questions } = await fix(world, { answer: "y", report });

    expect(out).toContain("The rule is in place and clients use IPv4.");
    expect(out).toMatch(
      /The plan:\n {2}On the router .*\n {4}\/ipv6 firewall filter add .*\[backon\]/,
    );
    expect(questions).toEqual(["apply? [y/N] "]);
    expect({ code, ours: ours(world), open: unfinished(world) }).toEqual({
      code: 0,
      ours: 1,
      open: [],
    });
    expect(world.site.cluster.evictions.length).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ outcome: "recovered" });
    expect(readFileSync(join(world.folder, "case.md"), "utf8")).toContain(
      "# backon fix: recovered",
    );
  },
);

test.skipIf(kubectl.skip)(
  `whoever says no, or only looks, changes nothing${kubectl.note}`,
  SLOW,
  async () => {
    const world = await aSite("ipv6-stall");

    const no = await fix(world, { answer: "n" });
    const dry = await fix(world, { flags: ["dry-run"] });
    const alone = await fix(world);

    expect([no.code, dry.code, alone.code]).toEqual([1, 0, 1]);
    expect(dry.out).toContain("A dry run: nothing was changed.");
    expect(alone.out).toContain("There is no terminal to ask at: --yes applies it.");
    expect([ours(world), world.site.cluster.evictions.length]).toEqual([0, 0]);
  },
);

test.skipIf(kubectl.skip)(
  `without a router it prints the lines to paste${kubectl.note}`,
  SLOW,
  async () => {
    const world = await aSite("ipv6-stall");

    const { code, out } = await fix(world, { router: false, flags: ["yes"] });

    expect(out).toMatch(
      /On the router, to paste:\n {2}\/ipv6 firewall filter add .*\nThen:\n {2}kubectl -n /,
    );
    expect({ code, evicted: world.site.cluster.evictions.length }).toEqual({ code: 1, evicted: 0 });
  },
);

test.skipIf(kubectl.skip)(
  `a machine that sees no fault says on which node to run it${kubectl.note}`,
  SLOW,
  async () => {
    const world = await aSite("healthy");

    const { out } = await fix(world, { node: "laptop", flags: ["yes"] });

    expect(out).toContain("This machine does not see what the pods see");
    expect(out).toMatch(/ssh -t node-\w NODE_NAME=node-\w npx backon fix/);
  },
);

test.skipIf(kubectl.skip)(
  `Ctrl-C after the rule says how to remove it${kubectl.note}`,
  SLOW,
  async () => {
    const world = await aSite("ipv6-stall");
    const stop = new AbortController();
    const heard = (text: string): void => {
      if (text.includes("apply:")) stop.abort();
    };

    const { code, out } = await fix(world, { flags: ["yes"], stopped: stop.signal, heard });

    expect(code).toBe(1);
    expect(out).toContain("To remove it: backon withdraw");
    expect([ours(world), unfinished(world).length]).toEqual([1, 1]);
  },
);

test("a kubectl that leads nowhere is a sentence", async () => {
  vi.stubEnv("KUBECONFIG", "/nowhere/kubeconfig");
  vi.stubEnv("PATH", "/nowhere");
  const settings = readSettings({});
  if (!settings.ok) throw new Error(settings.message);
  const folder = mkdtempSync(join(tmpdir(), "backon-fix-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let err = "";

  const code = await fixCommand(
    { flags: new Set(), values: new Map(), others: [] },
    settings.settings,
    {
      dialer: siteDialer({ gatewayPort: 9 }),
      stopped: new AbortController().signal,
      out: () => {},
      err: (text) => void (err += text),
      stateFolder: folder,
    },
  );

  expect(code).toBe(1);
  expect(err).toMatch(/^kubectl proxy (ended|did not start): .*\n$/);
});
