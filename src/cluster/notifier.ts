// Who is told of a cluster's jobs: the open pages by their bell, everybody else by messages, which a
// change makes due and the object's alarm sends.
import type { Job } from "../protocol/job.ts";
import type { Bell } from "./sockets.ts";
import { looksOther } from "../jobs/job-view.ts";
import { mustLook, newsFor } from "../jobs/news.ts";
import type { Outbox } from "../messages/outbox.ts";
import { jobStory } from "./person-calls.ts";
import { readableStory } from "./stored-report.ts";
import type { Store } from "./store/store.ts";
import { deliverNext } from "../messages/deliver.ts";
import { outputsFor, type Destinations } from "../messages/destinations.ts";

/** `transaction` runs a step of storage as one. */
export function openTeller(books: {
  readonly cluster: string;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly to: Destinations;
  readonly pages: Bell;
  readonly transaction: (step: () => void) => void;
}) {
  const { store, outbox, to } = books;
  /** What a page shows has changed since the pages rang last. */
  let changed = false;
  const outputs = outputsFor(books.cluster, to);

  const storyOf = (id: string) => {
    const job = store.job(id);
    const story = jobStory(store, id);
    return job === null || !story.ok
      ? null
      : { story: readableStory(story.value), looks: mustLook(job) };
  };

  return {
    /** Part of the caller's transaction. Where nothing is to be told, no row is written. */
    tell: (before: Job | null, after: Job, now: number): void => {
      changed ||= before === null || looksOther(before, after);
      for (const output of newsFor(before, after))
        if (outputs.includes(output)) outbox.want(after.id, output, now);
    },

    /** What waits, and what went wrong; a fault of the settings before one of a message. */
    state(): { waiting: number; failed: string | null } {
      const { waiting, failed } = outbox.state();
      return { waiting, failed: to.faults[0] ?? failed };
    },

    /** What the card shows of a job stands in its trail alone: no other message has news. */
    retouch: (job: Job, now: number): void => {
      changed = true;
      if (outputs.includes("card")) outbox.want(job.id, "card", now);
    },

    /** After the transaction: whoever looks then sees what has changed. */
    ringPages(): void {
      if (changed) books.pages.ring();
      changed = false;
    },

    deliverNext: (): Promise<void> =>
      deliverNext(
        {
          outbox,
          to,
          storyOf,
          gaveUp({ job, output }, why, at) {
            const detail = `${output}: ${why}`;
            store.log({ at, job, what: "message failed", by: "backon", detail });
          },
          transaction: books.transaction,
        },
        () => Date.now(),
      ),
  };
}
