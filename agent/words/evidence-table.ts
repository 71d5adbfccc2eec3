// One round of probes as a table for people: a line a host, family and address. Pure.
import type { Lookup, Reading, Round } from "../../src/protocol/round.ts";
import { duration } from "../../src/shown/duration.ts";
import { median } from "../../src/shown/median.ts";
import { stateOf } from "../diagnosis/family-state.ts";

const HEAD = ["host", "role", "family", "address", "DNS", "TCP", "TLS", "HTTP", "tries"];

/**
 * Lines without colour; times are medians in milliseconds. Where the table is wider than `columns` each row
 * becomes three lines below its host.
 */
export function evidenceTable(round: Round, columns: number | null = null): string[] {
  const rows = round.lookups.flatMap((lookup) => rowsOf(lookup, round));
  const table = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const fits = columns === null || lines.every((line) => line.length <= columns);
  return fits ? lines : stacked(rows);
}

function stacked(rows: readonly (readonly string[])[]): string[] {
  let above = "";
  return rows.flatMap(([host = "", role = "", family = "", address = "", ...cells]) => {
    const head = `${host} (${role})`;
    const isNew = head !== above;
    above = head;
    const [tries, ...times] = [cells[4] ?? "", ...cells.slice(0, 4)];
    const named = times.flatMap((cell, at) => (cell === "" ? [] : [`${HEAD[at + 4]} ${cell}`]));
    return [
      ...(isNew ? [head] : []),
      `  ${family}  ${tries}`,
      `    ${address}`,
      `    ${named.join(", ")}`,
    ];
  });
}

function rowsOf(lookup: Lookup, round: Round): string[][] {
  const { host, role, family } = lookup;
  const name = family === "v4" ? "IPv4" : "IPv6";
  const start = [host, role, name];
  const readings = round.readings.filter((r) => r.host === host && r.family === family);
  if (readings.length === 0) return [[...start, "–", lookup.outcome, "–", "–", "–", "none"]];
  const addresses = [...new Set(readings.map(({ address }) => address))];
  return addresses.flatMap((address) => {
    const tries = readings.filter((reading) => reading.address === address);
    const row = [...start, address, duration(lookup.ms), ...stagesOf(tries)];
    // Only where it can tell something: TLS failed with the usual ClientHello.
    const small = round.smallHello.filter((one) => one.host === host && one.address === address);
    if (small.length === 0 || stateOf(tries) !== "post") return [row];
    return [row, [host, role, `${name} small`, address, "", ...stagesOf(small)]];
  });
}

function stagesOf(tries: readonly Reading[]): string[] {
  const first = tries[0];
  if (first === undefined) return [];
  const counts = tries.filter(({ outcome }) => outcome === first.outcome).length;
  return [
    stage(tries, "tcp", ["nothing"]),
    stage(tries, "tls", ["nothing", "tcp"]),
    first.status === undefined
      ? stage(tries, "http", ["nothing", "tcp", "tls"])
      : String(first.status),
    `${counts}/${tries.length} ${first.outcome === "ok" ? "ok" : `${first.outcome} (${stateOf(tries)})`}`,
  ];
}

/** The median time of a stage, or where the tries ended. */
function stage(
  tries: readonly Reading[],
  name: "tcp" | "tls" | "http",
  before: readonly Reading["reached"][],
): string {
  const done = tries.filter(({ reached }) => !before.includes(reached));
  const middle = median(done.map(({ ms }) => ms[name] ?? 0));
  if (middle !== null) return duration(middle);
  const previous = before.at(-1);
  const ended = tries.find(({ reached }) => reached === previous);
  if (ended === undefined) return "–";
  const ms = ended.ms[name];
  return ms === undefined ? ended.outcome : `${ended.outcome} ${duration(ms)}`;
}

/** What is left of the pull quota, in words. */
export function quotaInWords({ quota }: Round): string {
  switch (quota.state) {
    case "unknown":
      return `not known (${quota.why})`;
    case "unlimited":
      return "no limit";
    case "left":
      return `${quota.left} left${quota.limit === undefined ? "" : ` of ${quota.limit}`}`;
    case "exhausted":
      return "used up";
  }
}
