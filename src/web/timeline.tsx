// What happened, in order: who asked, what the agent did, what people decided, how it ended.
import { decisions } from "../story/decisions.ts";
import { readableReport, type Story } from "../story/story.ts";
import { duration } from "../shown/duration.ts";
import { visible } from "../story/plain-text.ts";
import { standing } from "../story/words.ts";
import { Time } from "./parts.tsx";

type Moment = { readonly at: number; readonly what: string; readonly bad?: boolean };

const MOST = 60;

const STAGES: Readonly<Record<string, string>> = {
  look: "Looked at the failing pods",
  probe: "Measured the path",
  verify: "Checked that the rule helps",
  watch: "Watched the pods",
};

export function Timeline({ story }: { story: Story }) {
  const moments = momentsOf(story);
  return (
    <>
      <h2>What happened</h2>
      <ol class="timeline">
        {moments.slice(0, MOST).map(({ at, what, bad = false }) => (
          <li class={bad ? "bad" : ""}>
            <Time at={at} exact /> <span>{visible(what, 300)}</span>
          </li>
        ))}
      </ol>
      {moments.length > MOST ? (
        <p class="quiet">{`… and ${moments.length - MOST} more; the JSON of this job has all.`}</p>
      ) : null}
    </>
  );
}

function momentsOf(story: Story): Moment[] {
  const { job, events } = story;
  const report = readableReport(story);
  const { origin } = job;
  const claims = events.filter(({ what }) => what.startsWith("claim: "));
  const moments: Moment[] = [
    {
      at: Date.parse(job.createdAt),
      what: origin.person ? `${origin.by} asked for it` : `Opened by ${origin.by}`,
    },
    ...claims.map(({ at, by }) => ({ at, what: `Agent ${by} took it` })),
    ...decisions(events).map(({ at, what, by }) => ({ at, what: `${by} ${what}` })),
    ...(report?.stages ?? []).flatMap(({ stage, startedAt, ms }) => {
      const words = STAGES[stage];
      return words === undefined ? [] : [{ at: startedAt, what: `${words} (${duration(ms)})` }];
    }),
    ...(report?.actions ?? []).map(({ at, what, on, ok, detail }) => ({
      at,
      what: `${what}: ${on}${ok ? "" : `: failed${detail === "" ? "" : `, ${detail}`}`}`,
      bad: !ok,
    })),
    ...(job.finishedAt === null
      ? []
      : [{ at: Date.parse(job.finishedAt), what: `Ended: ${standing(job)}` }]),
  ];
  return moments.toSorted((a, b) => a.at - b.at);
}
