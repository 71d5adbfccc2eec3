// The words after `npm start --`.
import { parseArgs } from "node:util";

export type StartOptions =
  | { readonly kind: "run"; readonly once: boolean; readonly fault: string; readonly port: number }
  | { readonly kind: "list" }
  | { readonly kind: "usage"; readonly why: string };

export const USAGE = `npm start [-- OPTIONS]
  --fault NAME   which story to tell (default ipv6-stall); --fault list lists them
  --once         end after the story: exit code 0 if it ended as it should, else 1
  --port N       where the Worker listens (default 8787, 0 for any)
`;

export function readStartOptions(argv: readonly string[], known: readonly string[]): StartOptions {
  let values: { once?: boolean; fault?: string; port?: string };
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        once: { type: "boolean" },
        fault: { type: "string" },
        port: { type: "string" },
      },
    }));
  } catch (cause) {
    return { kind: "usage", why: cause instanceof Error ? cause.message : String(cause) };
  }
  const { once = false, fault = "ipv6-stall", port = "8787" } = values;
  if (fault === "list") return { kind: "list" };
  if (!known.includes(fault))
    return {
      kind: "usage",
      why: `there is no story ${JSON.stringify(fault)}; --fault list lists them`,
    };
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return { kind: "usage", why: `--port takes a number up to 65535, not ${JSON.stringify(port)}` };
  return { kind: "run", once, fault, port: Number(port) };
}
