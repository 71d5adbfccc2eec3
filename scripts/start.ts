// `npm start`: the whole system on this machine, one story told while it happens, then it stays up.
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrange, STORIES, storyNamed, type Story } from "../sim/stories.ts";
import { startWholeSystem, type WholeSystem } from "../sim/whole-system.ts";
import { readStartOptions, USAGE } from "./start-options.ts";
import { storyteller, type ReportShown, type Teller } from "./storyteller.ts";

const ALERT = "test/fixtures/alertmanager/chain/recommended-firing-longhorn.json";
/** A story that takes longer than this has gone wrong: the longest waits for two TLS limits. */
const STORY_LIMIT_MS = 120_000;

type Ended = {
  readonly outcome: string;
  readonly verdict: string;
  readonly report: ReportShown | null;
};

const options = readStartOptions(
  process.argv.slice(2),
  STORIES.map(({ name }) => name),
);
process.exitCode = await start();

async function start(): Promise<number> {
  if (options.kind === "usage") {
    console.error(`${options.why}\n\n${USAGE}`);
    return 64;
  }
  if (options.kind === "list") {
    for (const { name, title } of STORIES) console.log(`${name.padEnd(18)}${title}`);
    return 0;
  }
  const story = storyNamed(options.fault);
  return story === undefined ? 64 : tellStory(story, options.once, options.port);
}

async function tellStory(story: Story, once: boolean, port: number): Promise<number> {
  const teller = storyteller((line) => console.log(line));
  teller.at("starting the Worker in workerd and the simulated site …");
  // This run's own: another one beside it keeps its storage and tokens.
  const folder = await mkdtemp(join(tmpdir(), "backon-start-"));
  try {
    return await tellIn(folder, { story, once, port }, teller);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tellIn(
  folder: string,
  { story, once, port }: { story: Story; once: boolean; port: number },
  teller: Teller,
): Promise<number> {
  const system = await setUp(story, port, folder);
  const watching = watchSite(system, teller);
  try {
    const connected = Promise.withResolvers<void>();
    const agent = system.startAgent((line) => {
      if (line.msg === "doorbell connected") connected.resolve();
      teller.heard(line);
    });
    await Promise.race([connected.promise, agent.exited]);
    teller.at(
      `ready: Worker at ${system.worker.url}, agent ${agent.pid} in mode auto, router and cluster simulated`,
    );

    if (!once) teller.at(`watch it on the page: ${await signInLink(system)}`);
    arrange(story, system.site);
    teller.opening(story, system.site.cluster.pods());
    teller.start();
    const ended = await playOut(system, teller);
    watching.look();
    const good = conclude(story, ended, system, teller);
    if (once) return good ? 0 : 1;
    await stayUp(system, folder, teller);
    return 0;
  } finally {
    clearInterval(watching.timer);
    await system.close();
  }
}

async function setUp(story: Story, port: number, folder: string): Promise<WholeSystem> {
  const system = await startWholeSystem({
    worker: {
      port,
      storage: join(folder, "storage"),
      tokenKey: randomBytes(48).toString("base64"),
    },
    site: { router: { rules: [...story.rulesBefore, ...(await usualRules())] } },
    agent: { WATCH_EVERY_MS: "1000" },
  });
  for (const [role, token] of Object.entries(system.tokens))
    await writeFile(join(folder, `${role}-token`), token, { mode: 0o600 });
  return system;
}

/** A link that signs in once, within ten minutes; the token itself is in no address. */
async function signInLink(system: WholeSystem): Promise<string> {
  const { status, body } = await system.call("POST", "/v1/codes", system.tokens.operator);
  const { link } = body as { link?: string };
  return link ?? `(none: POST /v1/codes answered ${status})`;
}

async function usualRules() {
  return (await import("../sim/routeros/home-rules.ts")).homeRules;
}

/** Shows what the simulated router and cluster are asked to change, as it happens. */
function watchSite({ site }: WholeSystem, teller: Teller): { timer: NodeJS.Timeout; look(): void } {
  let writes = 0;
  let evictions = 0;
  const look = (): void => {
    for (const { method, path, body, status } of site.router.writes.slice(writes))
      teller.at(`router    ${method} ${path} ${body} → ${status}`);
    for (const { namespace, name } of site.cluster.evictions.slice(evictions))
      teller.at(`cluster   evicts ${namespace}/${name}`);
    writes = site.router.writes.length;
    evictions = site.cluster.evictions.length;
  };
  return { timer: setInterval(look, 20), look };
}

/** Posts a real Alertmanager body and follows the job to its end. */
async function playOut(system: WholeSystem, teller: Teller): Promise<Ended> {
  const alert = await readFile(ALERT, "utf8");
  const path = "/v1/webhooks/alertmanager";
  const answer = await system.call("POST", path, system.tokens.alertmanager, alert);
  teller.at(`alert     POST ${path} → ${answer.status} ${JSON.stringify(answer.body)}`);
  const { jobs } = answer.body as { jobs: string[] };
  const deadline = Date.now() + STORY_LIMIT_MS;
  for (;;) {
    const got = await system.call("GET", `/v1/jobs/${jobs[0] ?? "none"}`, system.tokens.operator);
    const job = got.body as {
      state: string;
      outcome: string | null;
      report: ReportShown & { verdict: string };
    };
    if (job.state === "finished" || job.state === "awaiting") {
      const outcome = job.outcome ?? job.state;
      return { outcome, verdict: job.report?.verdict ?? "none", report: job.report };
    }
    if (Date.now() > deadline)
      return { outcome: `still ${job.state}`, verdict: "none", report: null };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The end of the story, and whether it is the right one. */
function conclude(story: Story, ended: Ended, { site }: WholeSystem, teller: Teller): boolean {
  const { expected } = story;
  const writes = site.router.writes.length;
  const evictions = site.cluster.evictions.length;
  const good =
    ended.outcome === expected.outcome &&
    ended.verdict === expected.verdict &&
    writes === expected.routerWrites &&
    evictions === expected.evictions;
  teller.ending(ended.report, site.cluster.pods());
  teller.say("");
  teller.say(`verdict: ${ended.verdict}, outcome: ${ended.outcome}`);
  if (!good)
    teller.say(
      `NOT AS EXPECTED: ${expected.verdict}, ${expected.outcome}, ${expected.routerWrites} router writes, ${expected.evictions} evictions`,
    );
  teller.say(`router writes: ${writes}, evictions: ${evictions}`);
  return good;
}

async function stayUp(system: WholeSystem, folder: string, teller: Teller): Promise<void> {
  const { worker } = system;
  const told = toldToEnd();
  const link = await signInLink(system);
  const curl = `curl -s -H "Authorization: Bearer $(cat ${folder}/operator-token)"`;
  const json = `-H 'Content-Type: application/json'`;
  teller.say(`
Everything stays up; Ctrl-C ends it. The page, with the story and its picture (this link signs in once):

  ${link}

In another terminal, in this folder, try:

  ${curl} ${worker.url}/v1/status
  ${curl} ${worker.url}/v1/jobs
  ${curl} ${json} -d '{"kind":"diagnose"}' ${worker.url}/v1/jobs
  ${curl} ${json} -d '{"kind":"withdraw"}' ${worker.url}/v1/jobs
  ${curl} ${json} -d '{"kind":"remediate"}' ${worker.url}/v1/jobs
  ${curl} -X POST ${worker.url}/v1/codes   # another link to the page
  curl -s -H "Authorization: Bearer $(cat ${folder}/alertmanager-token)" ${json} -d @${ALERT} ${worker.url}/v1/webhooks/alertmanager
`);
  await told;
}

/**
 * Miniflare's own handlers would end this process before it has tidied up. Not `once`: npm passes
 * Ctrl-C on as well, and a second one must not cut the tidying short.
 */
function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.removeAllListeners(signal).on(signal, () => resolve());
  });
}
