// The small parts that every page has.
import type { Child } from "hono/jsx";
import type { JobView } from "../jobs/job-view.ts";
import { ago } from "../shown/ago.ts";
import { visible } from "../story/plain-text.ts";
import type { ToCopy } from "../story/to-copy.ts";
import { standing, toneOf } from "../story/words.ts";

/** Text of others: invisible characters are shown by their number, so that nothing hides. */
export function Text({ of, most = 300 }: { of: string; most?: number }) {
  return <>{visible(of, most)}</>;
}

/**
 * A moment: how long ago, with the exact time on hover and for screen readers; the script puts that in the
 * reader's own time and keeps the words fresh. `exact`: the time itself. `at`: ms since the epoch, or ISO 8601.
 */
export function Time({ at, exact = false }: { at: number | string; exact?: boolean }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <>–</>;
  const iso = date.toISOString();
  const words = `${iso.slice(0, 19).replace("T", " ")} UTC`;
  if (exact) return <time datetime={iso}>{words}</time>;
  return (
    <time datetime={iso} title={words} class="ago">
      <span>{ago(date.getTime(), Date.now())}</span>
      <span class="vh"> ({words})</span>
    </time>
  );
}

/** Where a job stands, told by its words; the colour only repeats them. */
export function Standing({ job }: { job: JobView }) {
  return <span class={`standing ${toneOf(job)}`}>{visible(standing(job))}</span>;
}

export function jobPath({ cluster, id }: Pick<JobView, "cluster" | "id">): string {
  return `/clusters/${cluster}/jobs/${id}`;
}

/** A table, with its name for those who don't see it; on a phone each row is a card with its own labels. */
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
    <>
      <table role="table">
        <caption class="vh">{name}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {head.map((cell) => (
              <th scope="col" role="columnheader">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((cells) => (
            <tr role="row">
              {cells.map((cell, at) => (
                <td role="cell" data-label={head[at]}>
                  <div>{cell}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 ? <p class="quiet">{`… and ${more} more; the JSON of this job has all.`}</p> : null}
    </>
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

/** Lines for a console; the script gives each a button that copies it. */
export function Copies({ lines }: { lines: readonly ToCopy[] }) {
  return (
    <>
      {lines.map(({ what, line }) => (
        <figure class="copy">
          <figcaption>
            <Text of={what} />
          </figcaption>
          <pre tabindex={0}>
            <Text of={line} most={1_000} />
          </pre>
        </figure>
      ))}
    </>
  );
}
