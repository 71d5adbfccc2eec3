// The real agent as a process of its own at the simulated site: the same main, with the site's
// dialer in place of the machine's.
import { Readable } from "node:stream";
import { main } from "../agent/main.ts";
import { siteDialer } from "./network/site-dialer.ts";

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

// Whoever started it holds the other end of its input: when that process is gone, so is this one.
process.stdin.on("end", () => stop.abort()).resume();

process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  dialer: siteDialer({ gatewayPort: Number(process.env["SITE_GATEWAY_PORT"]) }),
  stopped: stop.signal,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  input: Readable.from([]),
});
// An open input would keep this process alive.
process.stdin.destroy();
