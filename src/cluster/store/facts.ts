import type * as z from "zod/mini";
import { readRecord, type SetAsides } from "./set-aside.ts";

/** Single values, each a JSON document of its own schema. */
export function openFacts(sql: SqlStorage, setAside: SetAsides) {
  const save = (name: string, value: unknown): void => {
    sql.exec("INSERT OR REPLACE INTO facts (name, doc) VALUES (?, ?)", name, JSON.stringify(value));
  };
  return {
    /** Null if there is none. `unreadable` takes the place of one that its schema does not let pass. */
    read<T>(name: string, schema: z.ZodMiniType<T>, unreadable: () => T | null): T | null {
      const query = "SELECT doc FROM facts WHERE name = ?";
      const [row] = sql.exec<{ doc: string }>(query, name).toArray();
      if (row === undefined || row.doc === "null") return null;
      const read = readRecord(row.doc, schema);
      if (read.ok) return read.value;
      setAside.keep({ kind: "fact", id: name, doc: row.doc, why: read.why });
      const value = unreadable();
      save(name, value);
      return value;
    },
    save,
    /** A verdict goes with its job. */
    sweep(): void {
      sql.exec(
        "DELETE FROM facts WHERE name = 'verdict' AND CASE WHEN json_valid(doc) THEN json_extract(doc, '$.job') END NOT IN (SELECT id FROM jobs)",
      );
    },
  };
}
