#!/usr/bin/env node
// `backon`: in the package the one built file; in a checkout the source, under the project's own Node.
import { existsSync } from "node:fs";

if (existsSync(new URL("../cli/main.ts", import.meta.url))) {
  process.argv.splice(2, 0, "cli/main.ts");
  await import("../scripts/run.mjs");
} else if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`backon needs Node 20 or newer; this is ${process.version}.`);
  process.exitCode = 1;
} else {
  await import("../dist/backon.cjs");
}
