// Records that this code cannot read: moved to a table of their own, where they harm nobody, and told.
// They come from a newer version, a fault on disk or a hand in the database.
import type * as z from "zod/mini";
import type { Events } from "./events.ts";
import { jsonOf } from "../../jobs/json.ts";

/** Text as the record that its schema says; inside the caller's transaction. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

export function readRecord<T>(doc: string, schema: z.ZodMiniType<T>): Read<T> {
  const json = jsonOf(doc);
  if (json === undefined) return { ok: false, why: "no JSON" };
  const read = schema.safeParse(json);
  if (read.success) return { ok: true, value: read.data };
  const [issue] = read.error.issues;
  return { ok: false, why: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
}

export type SetAside = { kind: string; id: string; at: number; why: string };

type Unreadable = {
  readonly kind: "job" | "fact";
  readonly id: string;
  readonly doc: string;
  readonly why: string;
};

/** `clock`: ms since the epoch. */
export function openSetAside(sql: SqlStorage, events: Events, clock: () => number) {
  return {
    /** Kept as it was, with the reason, and told in the trail. */
    keep({ kind, id, doc, why }: Unreadable): void {
      const at = clock();
      sql.exec(
        "INSERT OR REPLACE INTO set_aside (kind, id, at, why, doc) VALUES (?, ?, ?, ?, ?)",
        kind,
        id,
        at,
        why.slice(0, 200),
        doc,
      );
      const job = kind === "job" ? id : null;
      const detail = `${kind} ${id}: ${why}`;
      events.log({ at, job, what: "set aside", by: "backon", detail });
    },
    /** How many there are, and the newest. */
    state(): { count: number; newest: SetAside | null } {
      const newest = sql
        .exec<SetAside>("SELECT kind, id, at, why FROM set_aside ORDER BY at DESC LIMIT 1")
        .toArray()[0];
      if (newest === undefined) return { count: 0, newest: null };
      const { count } = sql
        .exec<{ count: number }>("SELECT count(*) AS count FROM set_aside")
        .one();
      return { count, newest };
    },
    sweep: (before: number): void => {
      sql.exec("DELETE FROM set_aside WHERE at < ?", before);
    },
  };
}
export type SetAsides = ReturnType<typeof openSetAside>;
