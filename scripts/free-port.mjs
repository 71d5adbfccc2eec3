// Whether the port that `npm start` wants is free. Plain JavaScript: asked before anything is installed.
import { createServer } from "node:net";
import { parseArgs } from "node:util";

/** 0, or the exit code to leave with; that the port is taken has been said. */
export async function refuseTakenPort(words) {
  const port = wantedPort(words);
  if (port === null || !(await isTaken(port))) return 0;
  console.error(`Port ${port} is taken on this machine. Choose another: npm start -- --port 0`);
  return 1;
}

/** Null where there is nothing to look at: any port, or words that start.ts refuses. */
function wantedPort(words) {
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
