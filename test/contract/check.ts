// One check of the contract: a row of the list of what a RouterOS router does, and how to see it.
import { isDeepStrictEqual } from "node:util";
import type { RouterOs, RouterOsOptions } from "../../sim/routeros/server.ts";
import type { Reply, RestClient } from "./rest-client.ts";

type Row = {
  /** The row, `S12`. */
  readonly id: string;
  /** What a router does, as a sentence. */
  readonly title: string;
  /** How the simulator is started for it. */
  readonly simulated?: Partial<RouterOsOptions>;
  /** Makes users and groups: on a real router only if it is asked for. */
  readonly makesUsers?: true;
};
/** Rejects with a `Difference` or with `CannotCheck`. */
type HttpCheck = Row & { readonly check: (router: RestClient) => Promise<void> };
/** Needs a fault, or another thing that no HTTP request brings about. */
export type SimulatorCheck = Row & {
  readonly onSimulator: (router: RestClient, simulator: RouterOs) => Promise<void>;
};
export type Check = HttpCheck | SimulatorCheck;

export const isSimulatorOnly = (check: Check): check is SimulatorCheck => "onSimulator" in check;

/** The router does something else than the row says. */
export class Difference extends Error {
  readonly expected: string;
  readonly got: string;
  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** This router's own set-up or rights leave nothing to look at. */
export class CannotCheck extends Error {}

/** Throws a `Difference` unless the two are equal. */
export function same(got: unknown, expected: unknown, what = ""): void {
  if (isDeepStrictEqual(got, expected)) return;
  const about = what === "" ? "" : `${what}: `;
  throw new Difference(`${about}${shown(expected)}`, `${about}${shown(got)}`);
}

/** Throws a `Difference` unless the condition holds. */
export function holds(condition: boolean, expected: string, got: unknown): void {
  if (!condition) throw new Difference(expected, shown(got));
}

/** The reply has this status, and this `detail` in its body; `null`: no detail. */
export function refuses(reply: Reply, status: number, detail: string | RegExp | null): void {
  const { detail: said = null } = objectIn(reply);
  const matches = detail instanceof RegExp ? detail.test(String(said)) : said === detail;
  holds(reply.status === status && matches, `${status} ${detail}`, told(reply));
}

/** A short picture of a reply, for tables. */
export function told(reply: Reply): string {
  return `${reply.status} ${reply.text.slice(0, 200)}`.trim();
}

/** The one object in the reply, or an empty one. */
export function objectIn({ json }: Reply): Record<string, unknown> {
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject ? { ...json } : {};
}

/** The rows in the reply; a `Difference` if it is no array. */
export function rowsIn(reply: Reply): Record<string, unknown>[] {
  if (!Array.isArray(reply.json)) throw new Difference("an array of rows", told(reply));
  return reply.json.map((row: unknown) => ({ ...(row as object) }));
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined ? "nothing" : text.slice(0, 300);
}
