// `npm run NAME` is `node scripts/run.mjs PROGRAM WORDS`: under whatever Node there is, installs what
// is missing, then runs the program under the project's own Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { refuseTakenPort } from "./free-port.mjs";
import { setUp } from "./setup.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [program, ...words] = process.argv.slice(2);

process.exitCode = await main();

async function main() {
  if (program === undefined) {
    console.error("usage: node scripts/run.mjs PROGRAM [WORDS]; package.json names the programs");
    return 64;
  }
  // Told before half a minute of installing.
  const isDemo = program === "cli/main.ts" && words[0] === "demo";
  const taken = isDemo && (await refuseTakenPort(words.slice(1)));
  return taken || (await setUp()) || run();
}

/** To its end; the exit code. Ctrl-C reaches the whole group, so that one is the child's. */
function run() {
  const own = join(root, "node_modules/.bin/node");
  // An installation without scripts (the image's) has no Node of its own.
  const node = existsSync(own) ? own : process.execPath;
  const child = spawn(node, [join(root, program), ...words], { stdio: "inherit" });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`${node} did not start: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
