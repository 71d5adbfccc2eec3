// One cluster: how it is, what is known of it, what can be asked for, and its jobs.
import type { JobView } from "../jobs/job-view.ts";
import { Facts, HowToConnect } from "./cluster-facts.tsx";
import { FilterForm, type JobFilter } from "./filter.tsx";
import { healthOf, type ClusterFace } from "./health.ts";
import { JobList } from "./job-list.tsx";
import { HealthWord, Strip, Why } from "./overview.tsx";

/** `next`: the cursor of the page after this one; null on the last. */
export function ClusterPage(props: {
  face: ClusterFace;
  jobs: readonly JobView[];
  next: string | null;
  filter: JobFilter;
}) {
  const { face, jobs, next, filter } = props;
  const { cluster, status, now } = face;
  const health = healthOf(status, now);
  return (
    <>
      <nav class="crumbs" aria-label="You are here">
        <a href="/">Clusters</a>
      </nav>
      <h1>
        {cluster} <HealthWord health={health} />
      </h1>
      <Why face={face} health={health} />
      {status.agent === null ? <HowToConnect cluster={cluster} /> : null}
      <Requests face={face} />
      <Strip days={status.days} now={now} />
      <Facts face={face} />
      <h2>Jobs</h2>
      <FilterForm cluster={cluster} filter={filter} />
      {jobs.length === 0 ? <NoJobs filter={filter} /> : <JobList jobs={jobs} />}
      {next === null ? null : (
        <p>
          <a
            href={`/clusters/${cluster}?${new URLSearchParams({ ...filter, before: next }).toString()}`}
          >
            Older jobs
          </a>
        </p>
      )}
    </>
  );
}

function NoJobs({ filter }: { filter: JobFilter }) {
  return Object.keys(filter).length > 0 ? (
    <p>No job is like this.</p>
  ) : (
    <p>
      None yet. The first alert opens one; Diagnose shows now how pulls from here do, and changes
      nothing.
    </p>
  );
}

/** Undo only where a rule of ours is, or may be. */
function Requests({ face: { cluster, status } }: { face: ClusterFace }) {
  const { rule } = status;
  const mayStand = rule !== null && rule.state !== "absent" && rule.ours;
  return (
    <nav class="actions" aria-label="Ask for">
      <a class="button primary" href={`/clusters/${cluster}/ask/diagnose`}>
        Diagnose
      </a>
      <a class="button" href={`/clusters/${cluster}/ask/remediate`}>
        Fix
      </a>
      {mayStand ? (
        <a class="button danger" href={`/clusters/${cluster}/ask/withdraw`}>
          Undo
        </a>
      ) : null}
    </nav>
  );
}
