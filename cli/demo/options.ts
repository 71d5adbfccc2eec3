// The words after `demo`.
import type { Words } from "../../agent/commands/words.ts";

export type DemoOptions =
  | {
      readonly kind: "run";
      readonly once: boolean;
      readonly json: boolean;
      readonly fault: string;
      readonly port: number;
    }
  | { readonly kind: "list" }
  | { readonly kind: "usage"; readonly why: string };

export function readDemoOptions({ flags, values }: Words, known: readonly string[]): DemoOptions {
  const fault = values.get("fault") ?? "ipv6-stall";
  const port = values.get("port") ?? "8787";
  if (fault === "list") return { kind: "list" };
  if (!known.includes(fault))
    return {
      kind: "usage",
      why: `there is no story ${JSON.stringify(fault)}; --fault list lists them`,
    };
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return { kind: "usage", why: `--port takes a number up to 65535, not ${JSON.stringify(port)}` };
  const json = flags.has("json");
  return { kind: "run", once: json || flags.has("once"), json, fault, port: Number(port) };
}
