// Counts what is right, and which labels are mistaken for which.
import type { Classified } from "../../agent/classify/classified.ts";
import type { Label } from "../../agent/classify/classify.ts";
import { kindOf } from "../../agent/classify/classify.ts";
import type { Row } from "./rows.ts";

/** One row with what the classifier made of it. */
export type Reading = { readonly row: Row; readonly given: Classified };

type Count = { readonly rows: number; readonly right: number; readonly share: number };

export type Score = Count & {
  /** Per expected label: its rows, how many were read so, how often it was given in all. */
  readonly labels: readonly (Count & { readonly label: Label; readonly given: number })[];
  /** The table of expected against given labels without its diagonal and its zeros. */
  readonly confused: readonly {
    readonly expected: Label;
    readonly given: Label;
    readonly ids: readonly string[];
  }[];
  readonly family: Count & { readonly v6: Count };
  /** Failing hosts, of the rows where a person wrote them down. */
  readonly host: Count;
  /** Rows that justify more than one label: `expected` is one of them. Never counted. */
  readonly ambiguous: readonly {
    readonly id: string;
    readonly expected: Label;
    readonly given: Label;
  }[];
  /** Rows whose cause is not the path but that were given a label of the path. Must be none. */
  readonly blamedOnPath: readonly string[];
};

/** The figures of some rows. */
export function scoreOf(all: readonly Reading[]): Score {
  const readings = all.filter(({ row }) => !row.ambiguous);
  const isRight = ({ row, given }: Reading): boolean => row.label === given.label;
  const hasFamily = ({ row, given }: Reading): boolean => row.family === given.family;
  const labels = [...new Set(readings.flatMap(({ row, given }) => [row.label, given.label]))];
  const v6 = readings.filter(({ row }) => row.family === "v6");
  return {
    ...count(readings, isRight),
    labels: labels.toSorted().map((label) => ({
      label,
      ...count(
        readings.filter(({ row }) => row.label === label),
        isRight,
      ),
      given: readings.filter(({ given }) => given.label === label).length,
    })),
    confused: confusion(readings.filter((reading) => !isRight(reading))),
    family: { ...count(readings, hasFamily), v6: count(v6, hasFamily) },
    host: count(
      readings.filter(({ row }) => row.host !== undefined),
      ({ row, given }) => row.host === given.host,
    ),
    ambiguous: all
      .filter(({ row }) => row.ambiguous)
      .map(({ row, given }) => ({ id: row.id, expected: row.label, given: given.label })),
    blamedOnPath: readings
      .filter(({ row, given }) => !row.path_related && kindOf(given.label) === "path")
      .map(({ row }) => row.id),
  };
}

function count(readings: readonly Reading[], isRight: (reading: Reading) => boolean): Count {
  const right = readings.filter(isRight).length;
  return { rows: readings.length, right, share: right / Math.max(1, readings.length) };
}

function confusion(wrong: readonly Reading[]): Score["confused"] {
  const cells = Map.groupBy(wrong, ({ row, given }) => `${row.label} ${given.label}`);
  return [...cells.values()].flatMap((cell) =>
    cell.slice(0, 1).map(({ row, given }) => ({
      expected: row.label,
      given: given.label,
      ids: cell.map((reading) => reading.row.id),
    })),
  );
}
