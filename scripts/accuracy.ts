// `npm run accuracy [-- --json]`: how well the classifier reads the collected messages, and what of
// that does not hang on single threads. Exit code 1 if it no longer keeps what docs/accuracy.md says.
import { classify } from "../agent/classify/classify.ts";
import { loneSignatures, readHeldOut, signatureCounts } from "./accuracy/hold-out.ts";
import { printedHoldOut, printedLone, printedScore } from "./accuracy/printed.ts";
import { readRows } from "./accuracy/rows.ts";
import { scoreOf } from "./accuracy/score.ts";

const LEAST_SHARE = 0.98;
const LEAST_SHARE_HELD_OUT = 0.95;

const rows = readRows();
const plain = scoreOf(rows.map((row) => ({ row, given: classify(row.message) })));
const heldOut = scoreOf(readHeldOut(rows));
const signatures = signatureCounts(rows);
const lone = loneSignatures(rows);

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ plain, heldOut, signatures, lone }, null, 2));
} else {
  const parts = [printedScore(plain), printedHoldOut(heldOut, signatures), printedLone(lone)];
  console.log(parts.map((lines) => lines.join("\n")).join("\n\n"));
}
const keepsWord =
  plain.share >= LEAST_SHARE &&
  heldOut.share >= LEAST_SHARE_HELD_OUT &&
  plain.blamedOnPath.length === 0;
process.exitCode = keepsWord ? 0 : 1;
