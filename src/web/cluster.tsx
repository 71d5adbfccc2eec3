// Clusters: the agent, the rule, the hold, the last verdict, and the jobs.
import type { JobView } from "../jobs/job-view.ts";
import type { ClusterStatus } from "../cluster/status.ts";
import type { RuleState } from "../protocol/report.ts";
import { visible } from "../story/plain-text.ts";
import { ignoredWords } from "./ignored.ts";
import { JobLine, jobPath, Text, Time } from "./parts.tsx";

/** An agent that polls every 5 minutes (±25 %) has missed two polls by then. */
const SILENT_MS = 13 * 60_000;

/** `now`: ms since the epoch. */
export type ClusterFace = {
  readonly cluster: string;
  readonly status: ClusterStatus;
  readonly now: number;
};

function ClusterCard({ face }: { face: ClusterFace }) {
  const { cluster, status } = face;
  return (
    <section class="card" aria-labelledby={`cluster-${cluster}`}>
      <h2 id={`cluster-${cluster}`}>
        <a href={`/clusters/${cluster}`}>{cluster}</a>
      </h2>
      <Facts face={face} />
      {status.open.length === 0 ? null : <Jobs jobs={status.open} />}
    </section>
  );
}

function Facts({ face: { cluster, status, now } }: { face: ClusterFace }) {
  const { agent, rule, verdict, hold, healing, counts, messages, ignored } = status;
  const holds = hold !== null && (hold.until === null || hold.until > now);
  return (
    <dl class="facts">
      <dt>Agent</dt>
      <dd>{agent === null ? <NoAgent /> : <AgentWords agent={agent} now={now} />}</dd>
      {status.warnings.map((warning) => (
        <>
          <dt>Needs attention</dt>
          <dd class="bad">
            <Text of={warning} />
          </dd>
        </>
      ))}
      <dt>Rule on the router</dt>
      <dd>
        {ruleWords(
          rule,
          status.open.some(({ state }) => state === "leased"),
        )}
      </dd>
      <dt>Last verdict</dt>
      <dd>
        {verdict === null ? (
          "none yet"
        ) : (
          <a href={jobPath({ cluster, id: verdict.job })}>
            <Text of={verdict.name} most={100} />
          </a>
        )}
      </dd>
      <dt>Hold</dt>
      <dd>{holds ? <HoldWords hold={hold} /> : "none"}</dd>
      {healing === null ? null : (
        <>
          <dt>Path behind the rule</dt>
          <dd>
            {healing.kept
              ? "fails again and again: the rule is kept"
              : `${healing.goodRounds.length} good rounds of ${healing.neededRounds}`}
          </dd>
        </>
      )}
      <dt>Jobs</dt>
      <dd>{`${counts.open} open, ${counts.finished} finished`}</dd>
      {ignored === null ? null : (
        <>
          <dt>Alerts ignored</dt>
          <dd>
            {ignoredWords(ignored.causes)}, since <Time at={ignored.since} />
          </dd>
        </>
      )}
      {messages.failed === null ? null : (
        <>
          <dt>Messages</dt>
          <dd class="bad">
            <Text of={messages.failed} />
          </dd>
        </>
      )}
    </dl>
  );
}

function NoAgent() {
  return <span class="bad">not connected yet</span>;
}

function AgentWords({ agent, now }: { agent: NonNullable<ClusterStatus["agent"]>; now: number }) {
  const silent = now - Date.parse(agent.lastSeen) > SILENT_MS;
  return (
    <>
      <span class={silent ? "bad" : "good"}>{silent ? "silent" : "connected"}</span>,{" "}
      {agent.doorbell ? "" : "by polling, "}last seen <Time at={agent.lastSeen} />, on{" "}
      <Text of={agent.node ?? "an unnamed node"} />, version <Text of={agent.version} most={40} />
    </>
  );
}

/** `atWork`: a job is, which may be what changes the rule. */
export function ruleWords(rule: RuleState | null, atWork = false): string {
  if (rule === null) return "none is known";
  if (rule.state === "unknown")
    return atWork
      ? "being changed by the job that runs now"
      : "not known: an agent began to change it and did not report; look on the router";
  if (rule.state === "absent") return "none";
  const whose = rule.ours ? "ours" : "typed by a person";
  const packets = rule.packets === undefined ? "" : `, ${visible(rule.packets, 40)} packets`;
  return `present (${whose}${rule.disabled === true ? ", disabled" : ""}${packets})`;
}

function HoldWords({ hold }: { hold: NonNullable<ClusterStatus["hold"]> }) {
  return (
    <>
      <Text of={hold.why} />,{" "}
      {hold.until === null ? (
        "until a person asks for a fix"
      ) : (
        <>
          until <Time at={hold.until} />
        </>
      )}
    </>
  );
}

function Jobs({ jobs }: { jobs: readonly JobView[] }) {
  return (
    <ul class="jobs">
      {jobs.map((job) => (
        <JobLine job={job} />
      ))}
    </ul>
  );
}

/** `next`: the cursor of the page after this one; null on the last. */
export function ClusterPage(props: {
  face: ClusterFace;
  jobs: readonly JobView[];
  next: string | null;
}) {
  const { face, jobs, next } = props;
  const { cluster } = face;
  return (
    <>
      <h1>{cluster}</h1>
      <Facts face={face} />
      <Requests cluster={cluster} />
      <h2>Jobs</h2>
      {jobs.length === 0 ? <p>None yet.</p> : <Jobs jobs={jobs} />}
      {next === null ? null : (
        <p>
          <a href={`/clusters/${cluster}?before=${next}`}>Older jobs</a>
        </p>
      )}
    </>
  );
}

function Requests({ cluster }: { cluster: string }) {
  return (
    <nav class="actions" aria-label="Ask for">
      <a class="button" href={`/clusters/${cluster}/ask/diagnose`}>
        Diagnose
      </a>
      <a class="button" href={`/clusters/${cluster}/ask/remediate`}>
        Fix
      </a>
      <a class="button danger" href={`/clusters/${cluster}/ask/withdraw`}>
        Undo
      </a>
    </nav>
  );
}

/** In the order of the settings. */
export function Overview({ faces }: { faces: readonly ClusterFace[] }) {
  return (
    <>
      <h1>Clusters</h1>
      {faces.map((face) => (
        <ClusterCard face={face} />
      ))}
    </>
  );
}
