// `demo` (what `npm start` runs): the whole system on this machine, one story told while it happens, then it
// stays up.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import type { Process } from "../../agent/commands/command-line.ts";
import type { Words } from "../../agent/commands/words.ts";
import { arrange, STORIES, storyNamed, type Story } from "../../sim/stories.ts";
import { startWholeSystem, type WholeSystem } from "../../sim/whole-system.ts";
import { readDemoOptions } from "./options.ts";
import { AGENT, ALERT, BUILT_WORKER } from "./places.ts";
import { conclude, playOut, signInLink, watchSite } from "./play.ts";
import { storyteller, type Teller } from "./storyteller.ts";

const REPORTED_MS = 5_000;

/** The exit code: 0, 1 if the story did not end as it should, 64 usage. */
export async function demo(words: Words, process: Process): Promise<number> {
  const known = STORIES.map(({ name }) => name);
  const options = readDemoOptions(words, known);
  switch (options.kind) {
    case "usage":
      process.err(`${options.why}; demo --help says more\n`);
      return 64;
    case "list":
      for (const { name, title } of STORIES) process.out(`${name.padEnd(18)}${title}\n`);
      return 0;
    case "run": {
      const story = storyNamed(options.fault);
      if (story === undefined) return 64;
      return tellStory({ ...options, story }, process);
    }
  }
}

type Telling = {
  readonly story: Story;
  readonly once: boolean;
  readonly json: boolean;
  readonly port: number;
};

async function tellStory(telling: Telling, process: Process): Promise<number> {
  const { out, err, stopped, screen } = process;
  const told = telling.json ? err : out;
  const teller = storyteller((line) => told(`${line}\n`), screen?.columns ?? null);
  teller.at("starting the Worker in workerd and the simulated site …");
  // This run's own: another one beside it keeps its storage and tokens.
  const folder = await mkdtemp(join(tmpdir(), "backon-start-"));
  try {
    return await tellIn(folder, telling, { teller, out, stopped });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Shown = Pick<Process, "out" | "stopped"> & { readonly teller: Teller };

async function tellIn(
  folder: string,
  { story, once, json, port }: Telling,
  { teller, out, stopped }: Shown,
): Promise<number> {
  const system = await setUp(story, port, folder);
  const watching = watchSite(system, teller);
  try {
    const connected = Promise.withResolvers<void>();
    const reported = Promise.withResolvers<void>();
    const agent = system.startAgent((line) => {
      if (line.msg === "doorbell connected") connected.resolve();
      teller.heard(line);
      if (line.msg === "job reported") reported.resolve();
    });
    await Promise.race([connected.promise, agent.exited]);
    teller.at(
      `ready: Worker at ${system.worker.url}, agent ${agent.pid} in mode auto, router and cluster simulated`,
    );

    if (!once) teller.at(`watch it on the page: ${await signInLink(system)}`);
    arrange(story, system.site);
    teller.opening(story, system.site.cluster.pods());
    teller.start();
    const ended = await playOut(system, teller, stopped);
    // The Worker has it before the agent says so.
    await Promise.race([reported.promise, agent.exited, pause(REPORTED_MS, null, { ref: false })]);
    watching.look();
    const { good, ...end } = conclude(story, ended, system);
    teller.ending(ended.report, system.site.cluster.pods());
    teller.conclusion(story, { good, ...end });
    if (json) out(`${JSON.stringify({ story: story.name, good, ...end })}\n`);
    if (once || stopped.aborted) return good ? 0 : 1;
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
      ...BUILT_WORKER,
    },
    site: { router: { rules: [...story.rulesBefore, ...(await usualRules())] } },
    agent: { WATCH_EVERY_MS: "1000" },
    ...AGENT,
  });
  for (const [role, token] of Object.entries(system.tokens))
    await writeFile(join(folder, `${role}-token`), token, { mode: 0o600 });
  return system;
}

async function usualRules() {
  return (await import("../../sim/routeros/home-rules.ts")).homeRules;
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

In another terminal, try:

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
