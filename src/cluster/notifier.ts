// Who is told of a cluster's jobs: the open pages by their sockets, everybody else by messages, which
// a change makes due and the object's alarm sends.
import type { Job } from "../protocol/job.ts";
import { looksOther } from "../jobs/job-view.ts";
import { mustLook, newsFor } from "../jobs/news.ts";
import { deliverNext } from "../messages/deliver.ts";
import { outputsFor, type Destinations } from "../messages/destinations.ts";
import type { Outbox } from "../messages/outbox.ts";
import { readStory } from "../story/story.ts";
import { recordOf } from "./person-calls.ts";
import type { Sockets } from "./sockets.ts";
import type { Store } from "./store/store.ts";

/** `transaction` runs a step of storage as one. */
export function openNotifier(ports: {
  readonly cluster: string;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly to: Destinations;
  readonly pages: Sockets;
  readonly transaction: (step: () => void) => void;
}) {
  const { store, outbox, to } = ports;
  /** What a page shows has changed since the pages were notified last. */
  let changed = false;
  const outputs = outputsFor(ports.cluster, to);

  return {
    /** Part of the caller's transaction. Where nothing is to be told, no row is written. */
    change: (before: Job | null, after: Job, now: number): void => {
      changed ||= before === null || looksOther(before, after);
      for (const output of newsFor(before, after))
        if (outputs.includes(output)) outbox.want(after.id, output, now);
    },

    /** What the card shows of a job stands in its trail alone: no other message has news. */
    note: (job: Job, now: number): void => {
      changed = true;
      if (outputs.includes("card")) outbox.want(job.id, "card", now);
    },

    /** What waits, and what went wrong; a fault of the settings before one of a message. */
    state(): { waiting: number; failed: string | null } {
      const { waiting, failed } = outbox.state();
      return { waiting, failed: to.faults[0] ?? failed };
    },

    /** After the transaction: whoever looks then sees what has changed. */
    notifyPages(): void {
      if (changed) ports.pages.notify();
      changed = false;
    },

    deliverNext: (): Promise<void> =>
      deliverNext(
        {
          outbox,
          to,
          transaction: ports.transaction,
          read(id) {
            const job = store.jobs.find(id);
            return job === null
              ? null
              : { story: readStory(recordOf(store, job)), looks: mustLook(job) };
          },
          recordFailure({ job, output }, why, at) {
            const detail = `${output}: ${why}`;
            store.events.log({ at, job, what: "message failed", by: "backon", detail });
          },
        },
        () => Date.now(),
      ),
  };
}
export type Notifier = ReturnType<typeof openNotifier>;
