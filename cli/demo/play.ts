// Plays a story out at the simulated site, and looks how it ended.
import { readFile } from "node:fs/promises";
import type { Story } from "../../sim/stories.ts";
import type { WholeSystem } from "../../sim/whole-system.ts";
import { ALERT } from "./places.ts";
import type { Conclusion, ReportShown, Teller } from "./storyteller.ts";

/** A story that takes longer than this has gone wrong: the longest waits for two TLS limits. */
const STORY_LIMIT_MS = 120_000;

type Ended = {
  readonly outcome: string;
  readonly verdict: string;
  readonly report: ReportShown | null;
};

/** A link that signs in once, within ten minutes; the token itself is in no address. */
export async function signInLink(system: WholeSystem): Promise<string> {
  const { status, body } = await system.call("POST", "/v1/codes", system.tokens.operator);
  const { link } = body as { link?: string };
  return link ?? `(none: POST /v1/codes answered ${status})`;
}

/** Shows what the simulated router and cluster are asked to change, as it happens. */
export function watchSite(
  { site }: WholeSystem,
  teller: Teller,
): { timer: NodeJS.Timeout; look(): void } {
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
export async function playOut(
  system: WholeSystem,
  teller: Teller,
  stopped: AbortSignal,
): Promise<Ended> {
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
    if (stopped.aborted || Date.now() > deadline)
      return { outcome: `still ${job.state}`, verdict: "none", report: null };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The end of the story, and whether it is the right one. */
export function conclude(story: Story, ended: Ended, { site }: WholeSystem): Conclusion {
  const { expected } = story;
  const writes = site.router.writes.length;
  const evictions = site.cluster.evictions.length;
  const good =
    ended.outcome === expected.outcome &&
    ended.verdict === expected.verdict &&
    writes === expected.routerWrites &&
    evictions === expected.evictions;
  const { outcome, verdict } = ended;
  return { good, verdict, outcome, writes, evictions };
}
