// Which jobs a list shows: by kind, by how they ended, by verdict. A form, so that no script is needed.
import type { JobView } from "../jobs/job-view.ts";
import { kindWord, toneOf } from "../story/words.ts";

/** What is left out is not asked. */
export type JobFilter = { kind?: string; ended?: string; verdict?: string };

const KINDS = ["remediate", "diagnose", "withdraw", "recheck"] as const;
const ENDED = { bad: "bad endings", no: "no change", good: "well", open: "open" } as const;

/** Of a query; odd values are as if they were not there. */
export function readFilter(query: (name: string) => string | undefined): JobFilter {
  const kind = KINDS.find((one) => one === query("kind"));
  const ended = Object.keys(ENDED).find((one) => one === query("ended"));
  const verdict = /^[\w.-]{1,60}$/.exec(query("verdict")?.trim() ?? "")?.[0];
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(ended === undefined ? {} : { ended }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

export function passes({ kind, ended, verdict }: JobFilter, job: JobView): boolean {
  const tone = job.state === "finished" ? toneOf(job) : "open";
  return (
    (kind === undefined || job.kind === kind) &&
    (ended === undefined || tone === ended) &&
    (verdict === undefined || job.verdict === verdict)
  );
}

export function FilterForm({ cluster, filter }: { cluster: string; filter: JobFilter }) {
  return (
    <details class="filter" open={Object.keys(filter).length > 0}>
      <summary>Filter</summary>
      <form action={`/clusters/${cluster}`} class="actions">
        <label>
          Kind
          <select name="kind">
            <option value="">all</option>
            {KINDS.map((kind) => (
              <option value={kind} selected={filter.kind === kind}>
                {kindWord(kind)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Ended
          <select name="ended">
            <option value="">all</option>
            {Object.entries(ENDED).map(([tone, words]) => (
              <option value={tone} selected={filter.ended === tone}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Verdict
          <input name="verdict" value={filter.verdict ?? ""} maxlength={60} autocapitalize="none" />
        </label>
        <button>Show</button>
      </form>
    </details>
  );
}
