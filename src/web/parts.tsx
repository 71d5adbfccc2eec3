// The small parts that every page has.
import type { Child } from "hono/jsx";
import type { JobView } from "../jobs/job-view.ts";
import { visible } from "../story/plain-text.ts";
import { kindWord, standing, toneOf } from "../story/words.ts";

/** Text of others: invisible characters are shown by their number, so that nothing hides. */
export function Text({ of, most = 300 }: { of: string; most?: number }) {
  return <>{visible(of, most)}</>;
}

/** A moment; the script shows it in the reader's own time. `at`: ms since the epoch, or ISO 8601. */
export function Time({ at }: { at: number | string }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <>–</>;
  const iso = date.toISOString();
  return <time datetime={iso}>{`${iso.slice(0, 19).replace("T", " ")} UTC`}</time>;
}

/** Where a job stands, told by its words; the colour only repeats them. */
export function Standing({ job }: { job: JobView }) {
  return <span class={`standing ${toneOf(job)}`}>{visible(standing(job))}</span>;
}

export function JobLine({ job }: { job: JobView }) {
  return (
    <li>
      <a href={jobPath(job)}>
        {kindWord(job.kind)} <Time at={job.createdAt} />
      </a>{" "}
      <Standing job={job} />{" "}
      <span class="quiet">
        asked by <Text of={job.origin.by} most={80} />
      </span>
    </li>
  );
}

export function jobPath({ cluster, id }: Pick<JobView, "cluster" | "id">): string {
  return `/clusters/${cluster}/jobs/${id}`;
}

/** A table that a phone can scroll by itself, with its name for those who don't see it. */
export function Table(props: {
  name: string;
  head: readonly string[];
  rows: readonly (readonly Child[])[];
  /** How many rows there would be besides. */
  more?: number;
}) {
  const { name, head, rows, more = 0 } = props;
  if (rows.length === 0) return null;
  return (
    <div class="scrolls" tabindex={0} role="region" aria-label={name}>
      <table>
        <caption>{name}</caption>
        <thead>
          <tr>
            {head.map((cell) => (
              <th scope="col">{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr>
              {cells.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 ? <p class="quiet">{`… and ${more} more; the JSON of this job has all.`}</p> : null}
    </div>
  );
}

/** One line of a list of facts. */
export function Fact({ name, value }: { name: string; value: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
