// Tells a story in the terminal while it happens. Plain text: no colour, no cursor tricks.
import { toldLines } from "../../agent/words/told.ts";
import type { AgentLine, WholeSystem } from "../../sim/whole-system.ts";
import type { Story } from "../../sim/stories.ts";

type Pods = ReturnType<WholeSystem["site"]["cluster"]["pods"]>;

export type Teller = ReturnType<typeof storyteller>;

/** `print` gets one line at a time; times count from `start`. */
export function storyteller(print: (line: string) => void, columns: number | null = null) {
  let startedAt = performance.now();
  const at = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
    print(`${seconds} s  ${text}`);
  };
  const more = (text: string): void => print(`         ${text}`);

  return {
    say: print,
    at,
    /** From here the clock runs. */
    start: (): void => void (startedAt = performance.now()),

    opening(story: Story, pods: Pods): void {
      print("");
      print(`STORY ${story.name}: ${story.title}`);
      print("");
      podTable(pods, columns).forEach(print);
      print("");
    },

    /** One line of the agent's log. */
    heard(line: AgentLine): void {
      for (const { text, detail = false } of toldLines(line.msg ?? "", line))
        if (detail) more(text);
        else at(text);
    },

    ending(report: ReportShown | null, pods: Pods): void {
      print("");
      podTable(pods, columns).forEach(print);
      if (report === null) return;
      print("");
      const stages = report.stages.map(({ stage, ms }) => `${stage} ${(ms / 1000).toFixed(1)} s`);
      print(`Stages: ${stages.join(", ")}`);
      leftAlone(report).forEach(print);
      for (const line of report.plan?.commands ?? []) print(`The rule: ${line}`);
    },

    conclusion({ expected }: Story, end: Conclusion): void {
      print("");
      print(`verdict: ${end.verdict}, outcome: ${end.outcome}`);
      if (!end.good)
        print(
          `NOT AS EXPECTED: ${expected.verdict}, ${expected.outcome}, ${expected.routerWrites} router writes, ${expected.evictions} evictions`,
        );
      print(`router writes: ${end.writes}, evictions: ${end.evictions}`);
    },
  };
}

export type Conclusion = {
  readonly good: boolean;
  readonly verdict: string;
  readonly outcome: string;
  readonly writes: number;
  readonly evictions: number;
};

export type ReportShown = {
  stages: { stage: string; ms: number }[];
  pods: {
    namespace: string;
    name: string;
    decision: string;
    why: string;
    retriesAt: number | null;
  }[];
  plan: { commands: string[] } | null;
};

/** One line a reason, however many pods it is for. */
function leftAlone({ pods }: ReportShown): string[] {
  const left = pods.filter(({ decision }) => decision === "leave");
  const reasons = Map.groupBy(left, ({ why }) => why);
  return Array.from(reasons, ([why, of]) => {
    const names = of.map(
      ({ namespace, name, retriesAt }) => `${namespace}/${name}${retryOf(retriesAt)}`,
    );
    return `Left alone, ${why}: ${names.join(", ")}`;
  });
}

function retryOf(at: number | null): string {
  return at === null ? "" : ` (next try by ${new Date(at).toISOString().slice(11, 19)} UTC)`;
}

/** As `kubectl get pods -A` shows them; a pod takes two lines where one is too long. */
function podTable(pods: Pods, columns: number | null): string[] {
  const rows = pods.map((pod) => [
    pod.namespace,
    pod.name,
    pod.reason ?? pod.phase,
    pod.node,
    pod.owner === null ? "-" : pod.owner.kind,
  ]);
  const table = [["NAMESPACE", "NAME", "STATUS", "NODE", "OWNER"], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...table.map((row) => (row[column] ?? "").length)),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  if (columns === null || lines.every((line) => line.length <= columns)) return lines;
  return rows.flatMap(([namespace, name, ...cells]) => [
    `${namespace}/${name}`,
    `  ${cells.join("  ")}`,
  ]);
}
