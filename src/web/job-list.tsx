// Jobs as a list: how each stands, what it was about, how long it took, who asked.
import type { JobView } from "../jobs/job-view.ts";
import { roughly } from "../shown/ago.ts";
import { causeAt, registryName } from "../story/causes.ts";
import { kindWord } from "../story/words.ts";
import { jobPath, Standing, Text, Time } from "./parts.tsx";

export function JobList({ jobs }: { jobs: readonly JobView[] }) {
  return (
    <ul class="jobs">
      {jobs.map((job) => (
        <JobLine job={job} />
      ))}
    </ul>
  );
}

function JobLine({ job }: { job: JobView }) {
  const { kind, createdAt, origin } = job;
  return (
    <li>
      <a href={jobPath(job)}>
        {kindWord(kind)}: <Standing job={job} />
      </a>
      <span class="about">
        <Text of={aboutOf(job)} most={200} />
      </span>
      <span class="quiet">
        <Time at={createdAt} />
        {tookOf(job)} · asked by <Text of={origin.by} most={80} />
      </span>
    </li>
  );
}

/** What was found; before that, the registry that was named. */
function aboutOf({ kind, verdict, host, registry }: JobView): string {
  const cause = causeAt({ kind, verdict, host });
  return cause ?? (registry === null ? "" : registryName(registry));
}

function tookOf({ createdAt, finishedAt }: JobView): string {
  if (finishedAt === null) return "";
  return ` · took ${roughly(Date.parse(finishedAt) - Date.parse(createdAt))}`;
}
