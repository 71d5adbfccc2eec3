// The contract notices when a router breaks any of its rows. One broken router for each row; all
// of them: `npm run contract:mutants`.
import { expect, test } from "vitest";
import { allChecks } from "./all-checks.ts";
import type { Mutant } from "./mutants/breaking.ts";
import { allMutants, kill } from "./mutants/kill.ts";

const isFirstOfItsRow = ({ row }: Mutant, at: number) =>
  allMutants.findIndex((mutant) => mutant.row === row) === at;

test.each(
  allMutants.filter(isFirstOfItsRow).map((mutant) => [mutant.row, mutant.title, mutant] as const),
)("%s is checked: a router on which %s is noticed", async (_row, _title, mutant) => {
  expect((await kill(mutant)).by).not.toBeNull();
});

test("every row is broken at least once", () => {
  const rows = [...new Set(allChecks.map(({ id }) => id))];
  expect(rows.filter((id) => !allMutants.some(({ row }) => row === id))).toEqual([]);
});
