// One job as a story: what failed and why, what to do, the evidence as a picture, the pods, and what happened.
import { roughly } from "../shown/ago.ts";
import { briefOf, type Brief } from "../story/brief.ts";
import { readableReport, type Story } from "../story/story.ts";
import { kindWord } from "../story/words.ts";
import { Evidence, MoreChapters, Pods } from "./chapters.tsx";
import { ruleWords } from "./cluster-facts.tsx";
import { isAtWork, WhatToDo } from "./job-actions.tsx";
import { Fact, jobPath, Standing, Table, Text, Time } from "./parts.tsx";
import { Running } from "./steps.tsx";
import { Timeline } from "./timeline.tsx";

/** The JSON of the job has all; more would make the page slow on a phone. */
const MOST_ROWS = 50;

export function JobPage({ story }: { story: Story }) {
  const { job } = story;
  const report = readableReport(story);
  const brief = briefOf(story);
  return (
    <>
      <nav class="crumbs" aria-label="You are here">
        <a href="/">Clusters</a> / <a href={`/clusters/${job.cluster}`}>{job.cluster}</a>
      </nav>
      <h1>
        <span class="kicker">
          {kindWord(job.kind)}: <Standing job={job} />
        </span>
        {brief.cause === null || isAtWork(job) ? null : (
          <>
            {" "}
            <Text of={brief.cause} most={200} />
          </>
        )}
      </h1>
      {isAtWork(job) ? <Running job={job} events={story.events} /> : <Answer brief={brief} />}
      <Trouble story={story} />
      {report === null || isAtWork(job) ? null : <Evidence report={report} />}
      <WhatToDo story={story} brief={brief} />
      {report === null ? null : (
        <>
          {isAtWork(job) ? <h2>As reported before</h2> : null}
          {isAtWork(job) ? (
            <Answer brief={briefOf({ ...story, job: { ...job, state: "finished" } })} />
          ) : null}
          {isAtWork(job) ? <Evidence report={report} /> : null}
          <Pods report={report} />
        </>
      )}
      {report === null ? <Targets story={story} /> : null}
      <Timeline story={story} />
      <Facts story={story} />
      {report === null ? null : <MoreChapters report={report} />}
      {report === null ? null : <Targets story={story} />}
      <Trail story={story} />
    </>
  );
}

function Answer({ brief: { why, done } }: { brief: Brief }) {
  return (
    <>
      {why.slice(0, 3).map((sentence) => (
        <p class="sentence">
          <Text of={sentence} most={600} />
        </p>
      ))}
      {done === null || done === "" ? null : (
        <p class={why.length === 0 ? "sentence" : ""}>
          <Text of={done} most={2_000} />
        </p>
      )}
    </>
  );
}

function Trouble({ story: { job, report } }: { story: Story }) {
  const error = report === null || report === "unreadable" ? undefined : report.error;
  return (
    <>
      {report === "unreadable" ? (
        <p class="bad">Another version of the agent wrote the report; the JSON has it.</p>
      ) : null}
      {job.routerUncertain ? (
        <p class="bad" role="alert">
          The router is uncertain: a write was announced and its result is not known. Look at the
          rule.
        </p>
      ) : null}
      {error === undefined ? null : (
        <p class="bad">
          Error: <Text of={error} most={2_000} />
        </p>
      )}
    </>
  );
}

function Facts({ story }: { story: Story }) {
  const { job } = story;
  const report = readableReport(story);
  const { origin, registry, createdAt, finishedAt } = job;
  const tookMs = finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(createdAt);
  return (
    <>
      <h2>Details</h2>
      <dl class="facts">
        <Fact
          name="Asked by"
          value={
            <>
              <Text of={origin.by} most={100} />
              {origin.person ? ", a person" : ""} (<Text of={origin.via} />)
            </>
          }
        />
        {registry === null ? null : <Fact name="Registry" value={<Text of={registry} />} />}
        <Fact name="Opened" value={<Time at={createdAt} exact />} />
        {tookMs === null ? null : <Fact name="Took" value={roughly(tookMs)} />}
        {report === null || job.kind === "withdraw" ? null : (
          <Fact name="Verdict" value={<Text of={report.verdict} />} />
        )}
        {report === null ? null : (
          <>
            <Fact name="Rule, when reported" value={ruleWords(report.rule)} />
            <Fact
              name="Agent"
              value={<Text of={`${report.agentVersion}, MODE ${report.mode}`} most={100} />}
            />
          </>
        )}
        <Fact
          name="Download"
          value={
            <>
              <a href={`${jobPath(job)}/post-mortem`}>Post-mortem in Markdown</a>,{" "}
              <a href={`${jobPath(job)}/json`}>everything as JSON</a>
            </>
          }
        />
      </dl>
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

function Trail({ story: { events } }: { story: Story }) {
  return (
    <details>
      <summary>{`Audit trail: ${events.length}`}</summary>
      <Table
        name="Who did what"
        head={["time", "what", "who", "detail"]}
        rows={events
          .slice(-MOST_ROWS)
          .map(({ at, what, by, detail }) => [
            <Time at={at} exact />,
            <Text of={what} />,
            <Text of={by} most={100} />,
            <Text of={detail} />,
          ])}
        more={events.length - MOST_ROWS}
      />
    </details>
  );
}
