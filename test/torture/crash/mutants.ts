// Broken agents that the crash points have to notice. Each mistake is planted on the way of its calls: what
// such an agent would have sent, or would not have seen.
import type { Crash } from "./crash-point.ts";
import type { Distort, Service } from "./wire.ts";

export type CrashMutant = {
  readonly mistake: string;
  readonly story: string;
  readonly crash: Crash;
  /** At whose calls it shows. */
  readonly service: Service;
  readonly distort: Distort;
  readonly sees: RegExp;
};

const json = (text: string): Record<string, unknown> =>
  JSON.parse(text === "" ? "{}" : text) as Record<string, unknown>;

export const CRASH_MUTANTS: readonly CrashMutant[] = [
  {
    mistake: "evicts a pod by its name alone",
    story: "a fix",
    crash: "frozen",
    service: "cluster",
    sees: /evicted twice|which ran|\d restarts/,
    distort: ({ path, body }, carry) => {
      if (!path.includes("/eviction")) return carry();
      const { deleteOptions: _, ...eviction } = json(body);
      return carry(JSON.stringify(eviction));
    },
  },
  {
    mistake: "does not say that a write adds our rule",
    story: "a rule that does not help",
    crash: "agent",
    service: "router",
    sees: /1 rules of ours|the job ended/,
    distort: ({ path, body }, carry) => {
      if (!path.endsWith("/progress")) return carry();
      const call = json(body);
      const intent = call["intent"];
      if (intent === null || typeof intent !== "object") return carry();
      return carry(JSON.stringify({ ...call, intent: { ...intent, adds: false } }));
    },
  },
  {
    mistake: "does not look at what stands before it adds",
    story: "a fix",
    crash: "agent",
    service: "router",
    sees: /\d rules of ours|the job/,
    distort: async ({ method, path }, carry) => {
      const reply = await carry();
      if (method !== "GET" || !path.endsWith("/filter")) return reply;
      const rows = JSON.parse(reply.body.toString("utf8")) as Record<string, string>[];
      const seen = rows.filter(({ comment = "" }) => !comment.endsWith("[backon]"));
      return { ...reply, body: Buffer.from(JSON.stringify(seen)) };
    },
  },
];
