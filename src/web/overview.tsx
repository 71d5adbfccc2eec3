// All clusters, the worst first: one look must say whether somebody is needed.
import type { ClusterStatus } from "../cluster/status.ts";
import { causeAt } from "../story/causes.ts";
import { AgentLine, RuleLine } from "./cluster-facts.tsx";
import { badness, healthOf, type ClusterFace, type Health } from "./health.ts";
import { JobList } from "./job-list.tsx";
import { jobPath, Text, Time } from "./parts.tsx";

const DAY_MS = 86_400_000;
const DAYS = 30;

export function Overview({ faces }: { faces: readonly ClusterFace[] }) {
  const seen = faces
    .map((face) => ({ face, health: healthOf(face.status, face.now) }))
    .toSorted((a, b) => badness(a.health) - badness(b.health));
  return (
    <>
      <h1>Clusters</h1>
      {faces.length > 1 ? <p class="quiet">{countsOf(seen.map(({ health }) => health))}</p> : null}
      <ul class="clusters">
        {seen.map(({ face, health }) => (
          <Card face={face} health={health} />
        ))}
      </ul>
    </>
  );
}

/** `needs you: 1, healthy: 49`. */
function countsOf(all: readonly Health[]): string {
  const words = Map.groupBy(all, ({ word }) => word);
  return Array.from(words, ([word, of]) => `${word}: ${of.length}`).join(", ");
}

function Card({ face, health }: { face: ClusterFace; health: Health }) {
  const { cluster, status, now } = face;
  return (
    <li class={`card edge ${health.tone}`}>
      <h2>
        <a href={`/clusters/${cluster}`}>{cluster}</a> <HealthWord health={health} />
      </h2>
      <Why face={face} health={health} />
      <Strip days={status.days} now={now} />
      <p class="quiet">
        <AgentLine face={face} />
      </p>
      <RuleLine face={face} />
      {status.open.length === 0 ? null : <JobList jobs={status.open} />}
    </li>
  );
}

export function HealthWord({ health }: { health: Health }) {
  return <span class={`standing ${health.tone}`}>{health.word}</span>;
}

/** The reason, with the job that tells more; else what was found last. */
export function Why({ face: { cluster, status }, health }: { face: ClusterFace; health: Health }) {
  const { verdict } = status;
  const cause =
    verdict && causeAt({ kind: "remediate", verdict: verdict.name, host: verdict.host });
  const text = health.why ?? cause;
  const job = health.why === null ? (health.job ?? verdict?.job ?? null) : health.job;
  if (text === null) return null;
  return (
    <p class="why">
      {job === null ? (
        <Text of={text} />
      ) : (
        <a href={jobPath({ cluster, id: job })}>
          <Text of={text} />
        </a>
      )}
      {health.why === null && verdict !== null ? (
        <span class="quiet">
          {" "}
          <Time at={verdict.at} />
        </span>
      ) : null}
    </p>
  );
}

/** A bar a day, the newest on the right: the worst ending of that day. */
export function Strip({ days, now }: { days: ClusterStatus["days"]; now: number }) {
  const dates = Array.from({ length: DAYS }, (_, at) =>
    new Date(now - (DAYS - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
  const tones = dates.map((date) => days[date] ?? "none");
  const count = (word: string): number => tones.filter((tone) => tone === word).length;
  const label = `Last 30 days: ${count("bad")} with a bad ending, ${count("no")} without a change, ${count("good")} with a recovery, ${count("none")} without a job`;
  return (
    <svg
      class="strip"
      viewBox="0 0 300 16"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {tones.map((tone, at) => (
        <rect
          x={at * 10 + 1}
          y={tone === "none" ? 6 : tone === "good" ? 3 : 0}
          width="8"
          height={tone === "none" ? 4 : tone === "good" ? 10 : 16}
          class={tone}
        >
          <title>{`${dates[at]}: ${tone === "none" ? "no job" : tone}`}</title>
        </rect>
      ))}
    </svg>
  );
}
