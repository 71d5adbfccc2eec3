// Recorded exchanges of a real API server.
import { readFileSync } from "node:fs";

export type Exchange = {
  readonly id: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly as?: string;
    readonly headers?: Record<string, string>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: Record<string, unknown> | string;
  } | null;
};

function recorded(file: string): Map<string, Exchange> {
  const path = new URL(`../../test/fixtures/kubernetes/${file}.json`, import.meta.url);
  const { exchanges } = JSON.parse(readFileSync(path, "utf8")) as { exchanges: Exchange[] };
  return new Map(exchanges.map((exchange) => [exchange.id, exchange]));
}

/** One exchange by `file/id`. */
export function exchangeOf(name: string): Exchange {
  const [file = "", id = ""] = name.split("/");
  const exchange = recorded(file).get(id);
  if (exchange === undefined) throw new Error(`no recording ${name}`);
  return exchange;
}
