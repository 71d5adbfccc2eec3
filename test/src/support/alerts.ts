// Alertmanager's side: captured bodies, sent as they were.
import * as z from "zod/mini";
import { aToken, ask, type Reply, type Token } from "./worker.ts";

const root = "../../fixtures/alertmanager/";
const files = import.meta.glob("../../fixtures/alertmanager/**/*.json", {
  query: "?raw",
  eager: true,
  import: "default",
});

export function fixture(file: string): string {
  const text = files[root + file];
  if (text === undefined) throw new Error(`no fixture ${file}`);
  return text;
}

const Taken = z.object({
  accepted: z.number(),
  resolved: z.number(),
  ignored: z.record(z.string(), z.number()),
  truncatedAlerts: z.number(),
  jobs: z.array(z.string()),
});
export type Taken = z.infer<typeof Taken>;

export function anAlertmanager(cluster = "home"): Promise<Token> {
  return aToken("alertmanager", cluster, "am");
}

/** Posts a captured body; anything but 202 fails the test. */
export async function alert(token: Token, file = "0.33.1/firing-single.json"): Promise<Taken> {
  return taken(await ask("POST", "/v1/webhooks/alertmanager", { token, raw: fixture(file) }));
}

export function taken(reply: Reply): Taken {
  if (reply.status !== 202) throw new Error(`${reply.status}: ${reply.text}`);
  return Taken.parse(reply.body);
}
