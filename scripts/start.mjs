// `npm start` under whatever Node there is: looks whether the port is free, installs what is missing,
// then runs start.ts under the project's own Node.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const port = wantedPort();
if (port !== null && (await isTaken(port))) {
  console.error(`Port ${port} is taken on this machine. Choose another: npm start -- --port 0`);
  process.exit(1);
}
const setUp = await run(process.execPath, [join(here, "setup.mjs")]);
process.exit(
  setUp === 0
    ? await run(join(here, "../node_modules/.bin/node"), [join(here, "start.ts"), ...words])
    : setUp,
);

/** Null where there is nothing to look at: any port, or words that start.ts refuses. */
function wantedPort() {
  const { values } = parseArgs({
    args: words,
    options: { port: { type: "string", default: "8787" } },
    strict: false,
  });
  const port = Number(values.port);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
}

function isTaken(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(true));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(false)));
  });
}

/** To its end; the exit code. Ctrl-C reaches the whole group, so that one is the child's. */
function run(command, args) {
  const child = spawn(command, args, { stdio: "inherit" });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`${command} did not start: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
