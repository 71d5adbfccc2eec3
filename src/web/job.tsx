// One job as a story: the verdict in a sentence, the evidence as a picture, what was done, what
// became of the pods, and who decided what.
import type { JobView } from "../jobs/job-view.ts";
import type { LoggedEvent } from "../jobs/logged-event.ts";
import type { Report } from "../protocol/report.ts";
import { decisions } from "../story/decisions.ts";
import { canUndo, readableReport, type Story } from "../story/story.ts";
import { kindWord } from "../story/words.ts";
import { Chapters } from "./chapters.tsx";
import { ruleWords } from "./cluster.tsx";
import { Fact, jobPath, Standing, Table, Text, Time } from "./parts.tsx";

/** The JSON of the job has all; more would make the page slow on a phone. */
const MOST_ROWS = 50;
const MOST_INTENTS = 10;

export function JobPage({ story }: { story: Story }) {
  const { job, events } = story;
  const report = readableReport(story);
  return (
    <>
      <p>
        <a href={`/clusters/${job.cluster}`}>{job.cluster}</a>
      </p>
      <h1>
        {kindWord(job.kind)}: <Standing job={job} />
      </h1>
      <Head story={story} report={report} />
      <Actions story={story} />
      {report === null ? null : (
        <>
          {isAtWork(job) ? <h2>As reported before</h2> : null}
          {isAtWork(job) ? <Sentence report={report} /> : null}
          <Chapters report={report} />
        </>
      )}
      <Targets story={story} />
      <Trail events={events} />
      <p>
        <a href={`${jobPath(job)}/post-mortem`}>Post-mortem in Markdown</a>
      </p>
    </>
  );
}

/** An attempt runs, or will: what is stored was reported by the one before. */
function isAtWork({ state }: JobView): boolean {
  return state === "queued" || state === "leased";
}

/** What the agent announced since it took the job, until it reports. */
function AtWork({ events }: { events: readonly LoggedEvent[] }) {
  const since = events.findLastIndex(({ what }) => what.startsWith("claim: "));
  const said = events.slice(since + 1).filter(({ what }) => what === "intent");
  return (
    <>
      <p class="sentence">Working. This page updates itself.</p>
      {said.length === 0 ? null : (
        <ul>
          {said.slice(-MOST_INTENTS).map(({ at, detail }) => (
            <li>
              Begun, <Time at={at} />: <Text of={detail} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Sentence({ report }: { report: Report }) {
  return (
    <>
      <p class="sentence">
        <Text of={report.summary} most={2_000} />
      </p>
      {report.error === undefined ? null : (
        <p class="bad">
          Error: <Text of={report.error} most={2_000} />
        </p>
      )}
    </>
  );
}

function Head({ story, report }: { story: Story; report: Report | null }) {
  const { job, report: stored, events } = story;
  const { origin, registry } = job;
  return (
    <>
      {isAtWork(job) ? <AtWork events={events} /> : null}
      {report === null || isAtWork(job) ? null : <Sentence report={report} />}
      {stored === "unreadable" ? (
        <p class="bad">Another version of the agent wrote the report; the JSON has it.</p>
      ) : null}
      {job.routerUncertain ? (
        <p class="bad" role="alert">
          The router is uncertain: a lease lapsed after a write was announced. Look at the rule.
        </p>
      ) : null}
      <dl class="facts">
        <dt>Asked by</dt>
        <dd>
          <Text of={origin.by} most={100} />
          {origin.person ? ", a person" : ""} (<Text of={origin.via} />)
        </dd>
        {registry === null ? null : <Fact name="Registry" value={<Text of={registry} />} />}
        <Fact name="Opened" value={<Time at={job.createdAt} />} />
        {job.dueAt === null ? null : <Fact name="Due" value={<Time at={job.dueAt} />} />}
        {job.finishedAt === null ? null : (
          <Fact name="Finished" value={<Time at={job.finishedAt} />} />
        )}
        {report === null || job.kind === "withdraw" ? null : (
          <Fact name="Verdict" value={<Text of={report.verdict} />} />
        )}
        {report === null ? null : (
          <Fact name="Rule, when reported" value={ruleWords(report.rule)} />
        )}
      </dl>
    </>
  );
}

/** What a person can decide now; once decided, the line that says who did. */
function Actions({ story }: { story: Story }) {
  const { job, events } = story;
  const made = decisions(events);
  const at = jobPath(job);
  return (
    <>
      {made.length === 0 ? null : (
        <ul class="decisions">
          {made.map(({ what, by, at: when }) => (
            <li>
              <Text of={by} most={100} /> {what}, <Time at={when} />
            </li>
          ))}
        </ul>
      )}
      <p class="actions">
        {job.state === "awaiting" ? (
          <>
            <a class="button primary" href={`${at}/approve`}>
              Approve
            </a>{" "}
            <a class="button" href={`${at}/dismiss`}>
              Dismiss
            </a>{" "}
            {job.leaseUntil === null ? null : (
              <span class="quiet">
                until <Time at={job.leaseUntil} />
              </span>
            )}
          </>
        ) : null}
        {isAtWork(job) && job.cancelAskedBy === null ? (
          <a class="button" href={`${at}/cancel`}>
            Cancel
          </a>
        ) : null}
        {canUndo(story) ? (
          <a class="button danger" href={`${at}/undo`}>
            Undo
          </a>
        ) : null}
      </p>
    </>
  );
}

function Targets({ story: { targets } }: { story: Story }) {
  if (targets.length === 0) return null;
  return (
    <details>
      <summary>{`Named by alerts: ${targets.length}`}</summary>
      <Table
        name="Named by alerts"
        head={["pod", "reason", "since"]}
        rows={targets
          .slice(0, MOST_ROWS)
          .map(({ namespace, pod, reason, episode }) => [
            <Text of={`${namespace}/${pod}`} />,
            <Text of={reason ?? "–"} />,
            episode === null ? "–" : <Text of={episode.startsAt} />,
          ])}
      />
    </details>
  );
}

function Trail({ events }: { events: readonly LoggedEvent[] }) {
  return (
    <>
      <h2>Audit trail</h2>
      <Table
        name="Who did what"
        head={["time", "what", "who", "detail"]}
        rows={events
          .slice(-MOST_ROWS)
          .map(({ at, what, by, detail }) => [
            <Time at={at} />,
            <Text of={what} />,
            <Text of={by} most={100} />,
            <Text of={detail} />,
          ])}
        more={events.length - MOST_ROWS}
      />
    </>
  );
}
