// The simulated kubelet's image client beside a real containerd: under the same fault both pulls
// work, or both fail with the same words, in the same time.
import { describe, test } from "vitest";
import { openLab } from "./open-lab.ts";
import type { PullQuestion, SimPulled } from "./pull-process.ts";
import { findPulls } from "./requirements.ts";
import { ROWS } from "./rows.ts";

const IMAGE = "docker.io/library/busybox:1.36";
const { skip, note } = await findPulls();

/** Chance decides; and a2w, which a ClientHello of Go before 1.23 is small enough to pass. */
const APART = ["g2", "g4", "half", "a2w"];
const FAULTS = [...new Set(ROWS.flatMap(({ faults }) => faults))].filter(
  (name) => !APART.includes(name),
);
const LABS = 2;
const PULL_MS = 150_000;
/** What two pulls differ by on a busy machine; the limits they share are 5 s and more. */
const SAME_SECONDS = 3;
/** Where answers are dropped, one lookup more takes as long (two tries of 5 s: resolv.conf). */
const LOOKUP_SECONDS = 10;
const SILENT = ["f1", "f4"];

/** Without what differs from pull to pull, and between the words of containerd 1.6 and those of today. */
function words(message: string): string {
  return message
    .replace(/^failed to pull and unpack image "[^"]*": /, "")
    .replace(/pulling from host (\S+) failed with status code \[[^\]]+\]/, "a status of $1")
    .replace(/unexpected status from HEAD request to https:\/\/([^/]+)\S*(?=:)/, "a status of $1")
    .replace("tls: failed to verify certificate: ", "")
    .replace(/:\d+->/, ":PORT->")
    .replace(/current time \S+/, "current time NOW")
    .replaceAll(/(?:[0-9a-f]{2}\/)?[0-9a-f]{64}/g, "DIGEST");
}

describe.skipIf(skip)(`beside a real pull${note}`, { concurrent: true, timeout: 600_000 }, () => {
  const groups = Array.from({ length: LABS }, (_, lab) =>
    FAULTS.filter((_, index) => index % LABS === lab),
  );

  test.for(groups.map((names) => ({ names, title: names.join(", ") })))(
    "the image client ends as containerd does: $title",
    async ({ names }, { expect, onTestFinished }) => {
      const lab = await openLab();
      onTestFinished(() => lab.close());
      const node = await lab.spawn("node", "test/lab/pull-process.ts", [lab.caFile]);
      const question: PullQuestion = { ask: "pull", image: IMAGE };
      for (const name of names) {
        await lab.fault(name);
        const [real, answer] = await Promise.all([
          lab.pull(IMAGE),
          node.request(question, PULL_MS),
        ]);
        await lab.heal();
        const { result, seconds } = answer as SimPulled;

        expect
          .soft(result.ok ? "pulled" : words(result.message), name)
          .toBe(real.works ? "pulled" : words(real.message));
        expect
          .soft(Math.abs(seconds - real.seconds), `${name}: seconds`)
          .toBeLessThan(SAME_SECONDS + (SILENT.includes(name) ? LOOKUP_SECONDS : 0));
      }
    },
  );
});
