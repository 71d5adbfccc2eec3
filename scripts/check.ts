// `npm run check`: format, lint, types, dead code, and whether what is made of the sources is current.
// All of them run, so that one look shows every fault.
import { spawnSync } from "node:child_process";

const bin = (name: string): string => `node_modules/.bin/${name}`;

const CHECKS: readonly (readonly [program: string, ...words: string[]])[] = [
  [bin("oxfmt"), "--check"],
  [bin("oxlint"), "--type-aware", "--deny-warnings"],
  [bin("wrangler"), "types", "--include-runtime=false", "--check"],
  [bin("tsc"), "-p", "."],
  [bin("tsc"), "-p", "agent"],
  [bin("tsc"), "-p", "src/web/browser"],
  [bin("knip")],
  ["scripts/openapi.mjs", "--check"],
  ["scripts/page-assets.ts", "--check"],
  ["scripts/messages.ts", "--check"],
];

const failed = CHECKS.filter(
  (words) => spawnSync(process.execPath, words, { stdio: "inherit" }).status !== 0,
);
for (const [program, ...words] of failed)
  console.error(`FAILED: ${[program.replace(bin(""), ""), ...words].join(" ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
