// What was measured, as tables: a line a host and family, the stages with their times.
import type { Report } from "../protocol/report.ts";
import type { Round } from "../protocol/round.ts";
import { byPath, endings, familyName, pathsOf, type Path, type PathStage } from "../shown/paths.ts";
import { plainText } from "./plain-text.ts";
import { duration } from "../shown/duration.ts";
import { besides, shortTable, table, time } from "./table.ts";

/** A round has at most a dozen hosts; a report of another origin may have any number. */
const MOST_ROWS = 100;
const HEAD = ["host", "role", "family", "DNS", "TCP", "TLS", "HTTP", "tries"];
const STAGES = ["dns", "tcp", "tls", "http"] as const;

/** The last round, on which the verdict rests; empty if nothing was measured. */
export function evidence({ rounds }: Report): string[] {
  const round = rounds.at(-1);
  if (round === undefined) return [];
  const { node, resolvers } = round.lookedFrom;
  const from = node === null ? "" : ` from ${plainText(node)}`;
  const asked = resolvers.length === 0 ? "" : `, names asked of ${plainText(resolvers.join(", "))}`;
  const count = rounds.length === 1 ? "Measured" : `Measured ${rounds.length} times, last`;
  return [
    "",
    `${count} at ${time(round.at)}${from}${asked}. Times are medians; where a stage failed, how and after which time.`,
    ...table(HEAD, pathsOf(round, MOST_ROWS).map(evidenceRow)),
    ...besides(round.lookups.length - MOST_ROWS),
    "",
    `Pull quota over IPv4: ${quota(round)}.`,
  ];
}

/** How the tries ended in the last round before, and after the rule; empty without readings after. */
export function beforeAndAfter({ rounds, after }: Report): string[] {
  if (after.length === 0) return [];
  const before = rounds.at(-1)?.readings ?? [];
  const [triesBefore, triesAfter] = [byPath(before), byPath(after)];
  const meant = [...before.filter(({ role }) => role !== "control"), ...after];
  const paths = byPath(meant);
  return shortTable(
    ["host", "family", "before", "after"],
    { items: [...paths], most: MOST_ROWS },
    ([path, [one]]) => [
      plainText(one?.host ?? ""),
      familyName(one?.family ?? "v4"),
      endings(triesBefore.get(path) ?? []),
      endings(triesAfter.get(path) ?? []),
    ],
  );
}

function evidenceRow({ host, role, family, stages, ended }: Path): string[] {
  const cells = STAGES.map((name) => stageCell(stages.find((stage) => stage.name === name)));
  return [plainText(host), role, familyName(family), ...cells, ended];
}

function stageCell(stage: PathStage | undefined): string {
  if (stage === undefined) return "–";
  const { ms, failed } = stage;
  if (failed === null) return duration(ms);
  return `**${failed}**${ms === 0 ? "" : ` ${duration(ms)}`}`;
}

function quota({ quota: found }: Round): string {
  switch (found.state) {
    case "unknown":
      return `not known (${plainText(found.why)})`;
    case "unlimited":
      return "no limit";
    case "left":
      return `${found.left} left${found.limit === undefined ? "" : ` of ${found.limit}`}`;
    case "exhausted":
      return "used up";
  }
}
