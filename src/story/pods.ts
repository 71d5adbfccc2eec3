// The pods of a report: which were restarted, which were left alone and why, what became of them.
import type { PodStory, Report } from "../protocol/report.ts";
import type { Target } from "../jobs/signal.ts";
import { plainText } from "./plain-text.ts";
import { shortTable, time } from "./table.ts";

const MOST_ROWS = 200;

/** Two tables, each only if there are such pods; empty if the report names none. */
export function podTables({ pods }: Report): string[] {
  const restarted = pods.filter(({ decision }) => decision === "restart");
  const left = pods.filter(({ decision }) => decision === "leave");
  return [
    ...titled(
      `${restarted.some((pod) => pod.restarted !== undefined) ? "Restarted" : "The plan would restart"}: ${restarted.length}`,
      shortTable(
        ["pod", "image", "failed with", "restart", "became"],
        { items: restarted, most: MOST_ROWS },
        (pod) => [...nameOf(pod), pod.restarted ?? "not tried", becameOf(pod)],
      ),
    ),
    ...titled(
      `Left alone: ${left.length}`,
      shortTable(
        ["pod", "image", "failed with", "why", "retries by itself", "became"],
        { items: left, most: MOST_ROWS },
        (pod) => [...nameOf(pod), plainText(pod.why), time(pod.retriesAt), becameOf(pod)],
      ),
    ),
  ];
}

/** The pods that alerts named: why the job exists. */
export function targetTable(targets: readonly Target[]): string[] {
  return titled(
    `Named by alerts: ${targets.length}`,
    shortTable(
      ["pod", "container", "reason", "since"],
      { items: targets, most: MOST_ROWS },
      ({ namespace, pod, container, reason, episode }) => [
        plainText(`${namespace}/${pod}`),
        plainText(container ?? "–"),
        plainText(reason ?? "–"),
        plainText(episode?.startsAt ?? "–"),
      ],
    ),
  );
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `**${title}**`, ...lines];
}

function nameOf({ namespace, name, image, label, host }: PodStory): string[] {
  const at = host === null ? "" : ` (${host})`;
  return [plainText(`${namespace}/${name}`), plainText(image), plainText(`${label}${at}`)];
}

function becameOf({ became, detail }: PodStory): string {
  return plainText([became ?? "–", ...(detail === undefined ? [] : [detail])].join(": "));
}
