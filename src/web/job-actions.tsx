// What a person can do about a job: the advice, the buttons, lines to copy.
import type { JobView } from "../jobs/job-view.ts";
import type { Brief } from "../story/brief.ts";
import { canUndo, type Story } from "../story/story.ts";
import { Copies, jobPath, Text, Time } from "./parts.tsx";

/** An attempt runs, or will: what is stored was reported by the one before. */
export function isAtWork({ state }: JobView): boolean {
  return state === "queued" || state === "leased";
}

/** Advice, then what can be clicked, then lines to copy; what helps most stands first. */
export function WhatToDo({ story, brief }: { story: Story; brief: Brief }) {
  const { job } = story;
  const { advice, lines, stopGap, plan } = brief;
  if (advice.length === 0 && isAtWork(job)) return <Buttons story={story} stopGap={false} />;
  return (
    <section class="card todo" aria-labelledby="todo">
      <h2 id="todo">What to do</h2>
      {advice.map((line) => (
        <p>
          <Text of={line} most={900} />
        </p>
      ))}
      {stopGap ? <Copies lines={lines.slice(0, 1)} /> : null}
      <Buttons story={story} stopGap={stopGap} />
      {plan.length === 0 ? null : (
        <>
          <h3>If you approve</h3>
          <ul>
            {plan.map((line) => (
              <li>
                <Text of={line} most={600} />
              </li>
            ))}
          </ul>
        </>
      )}
      <Copies lines={lines.slice(stopGap ? 1 : 0)} />
    </section>
  );
}

/** What a person can decide now. */
function Buttons({ story, stopGap }: { story: Story; stopGap: boolean }) {
  const { job } = story;
  const at = jobPath(job);
  const awaits = job.state === "awaiting";
  const cancels = isAtWork(job) && job.cancelAskedBy === null;
  if (!awaits && !cancels && !canUndo(story)) return null;
  return (
    <p class="actions">
      {awaits ? (
        <>
          <a class={stopGap ? "button" : "button primary"} href={`${at}/approve`}>
            {stopGap ? "Approve the stop-gap" : "Approve"}
          </a>{" "}
          <a class="button" href={`${at}/dismiss`}>
            Dismiss
          </a>{" "}
          {job.leaseUntil === null ? null : (
            <span>
              Decide: it ends <Time at={job.leaseUntil} />
            </span>
          )}
        </>
      ) : null}
      {cancels ? (
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
  );
}
