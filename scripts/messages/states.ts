// Every state that a message shows, as the agent's own code comes to it at a site in memory.
import { jobView } from "../../src/jobs/job-view.ts";
import { mustLook } from "../../src/jobs/news.ts";
import type { Job } from "../../src/protocol/job.ts";
import type { Outcome, Report } from "../../src/protocol/report.ts";
import type { Story } from "../../src/story/story.ts";
import { withdraw } from "../../agent/jobs/withdraw.ts";
import { BY_PERSON, aJob, aPolicy } from "../../test/support/a-policy.ts";
import { aPod, NOT_FOUND, pullError } from "../../test/support/a-pod.ts";
import { CONTROLS, HUB, NOW, TOKEN } from "../../test/support/a-round.ts";
import { aRule } from "../../test/support/a-rule.ts";
import { aSite, hub } from "../../test/support/a-site.ts";
import { attempt, aWorld, run, type Ending } from "../../test/support/a-world.ts";
import { aSiteInMemory, type SiteInMemory } from "../../test/support/site-in-memory.ts";
import {
  aFinishedJob,
  aLeasedJob,
  anAwaitingJob,
  aQueuedJob,
} from "../../test/src/support/a-job.ts";

const MINUTE = 60_000;
/** Job ids, names and times are the same each time, so that the document only changes with the words. */
const WHO = {
  id: "0mwst3h7c-ek21d6",
  cluster: "home",
  createdAt: NOW - MINUTE,
  origin: { via: "alertmanager", by: "alertmanager", person: false },
} as const;
const TARGETS: Story["targets"] = ["web-pod-1", "db-0"].map((pod) => ({
  namespace: "shop",
  pod,
  uid: null,
  container: "main",
  reason: "ImagePullBackOff",
  episode: null,
  unverified: false,
}));

export type State = { readonly title: string; readonly story: Story; readonly looks: boolean };

function state(title: string, job: Job, report: Report | null): State {
  return {
    title,
    story: { job: jobView(job), report, events: [], targets: TARGETS },
    looks: mustLook(job),
  };
}

/** As the Worker keeps a job after this report. */
function ended(title: string, { report, ...ending }: Ending): State {
  if (ending.disposition === "ask") {
    const { plan, planHash } = ending;
    const until = NOW + 30 * MINUTE;
    return state(title, anAwaitingJob({ ...WHO, plan, planHash, until }), report);
  }
  const outcome = report.outcome ?? "gave-up";
  return state(title, aFinishedJob({ ...WHO, outcome, hasReport: true, at: NOW }), report);
}

/** The same job, ended by a person or by time. */
function endedAs(title: string, { report }: Ending, outcome: Outcome): State {
  return state(title, aFinishedJob({ ...WHO, outcome, hasReport: true, at: NOW }), report);
}

function without(title: string, outcome: Outcome): State {
  return state(title, aFinishedJob({ ...WHO, outcome, at: NOW }), null);
}

/** Docker Hub's IPv6 and every control's fail alike. */
function everywhere(path: "large hello stall" | "tls stall"): SiteInMemory {
  const both = { [HUB]: ["ok", path], [TOKEN]: ["ok", path] } as const;
  const controls = Object.fromEntries(CONTROLS.map((host) => [host, ["ok", path] as const]));
  return aSiteInMemory({ ...both, ...controls }, [aPod(), aPod({ uid: "pod-2", name: "db-0" })]);
}

const failing = (text: string): SiteInMemory => aSiteInMemory({}, [aPod({ text })]);
const mode = (name: "observe" | "approve") => ({ policy: aPolicy({ mode: name }) });

/** In the order of a job's life; then each kind of no. */
export async function states(): Promise<readonly State[]> {
  const rule = () => Object.assign(aSite(), { rules: [aRule()] });
  const many = Array.from({ length: 12 }, (_, at) => aPod({ uid: `pod-${at + 1}` }));
  const undoing = rule();
  const unhelped = Object.assign(aSite(), { ruleWorks: false });
  const stillFailing = Object.assign(aSite(), { failsAnyway: NOT_FOUND });
  return [
    state("Queued", aQueuedJob({ ...WHO, notBefore: NOW }), null),
    state("Running", aLeasedJob({ ...WHO, stage: "probe", until: NOW + MINUTE }), null),
    ended("MODE=observe: the plan", await run(aSite(), {}, mode("observe"))),
    ended("Needs approval", await run(aSite(), {}, mode("approve"))),
    ended(
      "Needs approval, many pods",
      await run(aSiteInMemory(hub("ok", "tls stall"), many), {}, mode("approve")),
    ),
    ended("Needs approval, and the rule is not enough", await run(everywhere("large hello stall"))),
    ended("Needs approval, and IPv6 stalls at every host", await run(everywhere("tls stall"))),
    ended("Recovered", await run(aSite())),
    ended("Recovered without a rule", await run(aSite("ok", "ok"))),
    ended("Pods still fail", await run(stillFailing)),
    ended("The rule did not help", await run(unhelped)),
    ended("Nothing fails any more", await run(aSiteInMemory({}, []))),
    ended("No action: the image does not exist", await run(failing(NOT_FOUND))),
    ended(
      "No action: the login is refused",
      await run(failing(pullError("unexpected status from HEAD request: 403 Forbidden"))),
    ),
    ended(
      "No action: pull limit reached",
      await run(
        Object.assign(aSite("ok", "ok"), { quota: { state: "exhausted", retryAfterS: 3_600 } }),
      ),
    ),
    ended("No action: the registry is down", await run(aSite("503", "503"))),
    ended("No action: IPv4 is down", await run(aSite("tcp timeout", "ok"))),
    ended("No action: DNS fails", await run(aSite("servfail", "servfail"))),
    ended("No action: this registry alone stalls", await run(aSite("tls stall", "tls stall"))),
    ended("No action: nothing is proven", await run(aSite("half stall", "tls stall"))),
    undone(await undo(undoing)),
    endedAs("Dismissed", await run(aSite(), {}, mode("approve")), "dismissed"),
    without("Nobody took the job", "expired"),
    without("The agent did not finish", "gave-up"),
  ];
}

function undone({ report }: Ending): State {
  const by = { via: "slack", by: "slack:T1/U2", person: true } as const;
  const job = aFinishedJob({ ...WHO, kind: "withdraw", origin: by, outcome: "withdrawn", at: NOW });
  const { story, looks } = state("", job, report);
  return { title: "Undone", story: { ...story, targets: [] }, looks };
}

async function undo(site: SiteInMemory): Promise<Ending> {
  const world = aWorld(site);
  return attempt(withdraw, { job: aJob({ kind: "withdraw", origin: BY_PERSON }), world });
}
