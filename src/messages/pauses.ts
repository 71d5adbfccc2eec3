// Until when a service asked to be left alone. Times are ms since the epoch.
import type { Output } from "../jobs/news.ts";

/** What goes to one service waits together when that service asks for a pause. */
const serviceOf = (output: Output): string => (output === "thread" ? "card" : output);

export function openPauses(sql: SqlStorage) {
  return {
    /** The first moment from `now` on at which messages of this kind may be sent. */
    end(output: Output, now: number): number {
      const query = "SELECT until FROM pauses WHERE way = ?";
      const rows = sql.exec<{ until: number }>(query, serviceOf(output)).toArray();
      return Math.max(now, ...rows.map(({ until }) => until));
    },
    /** Nothing that goes to the same service is sent before. */
    set(output: Output, until: number): void {
      const service = serviceOf(output);
      sql.exec("INSERT OR REPLACE INTO pauses (way, until) VALUES (?, ?)", service, until);
      sql.exec(
        "UPDATE messages SET due = max(due, ?) WHERE due IS NOT NULL AND output IN (?, ?)",
        until,
        service,
        service === "card" ? "thread" : service,
      );
    },
    /** A pause that ends later than any may is over: the clock was set back. */
    endBeyond(most: number): void {
      sql.exec("DELETE FROM pauses WHERE until > ?", most);
    },
  };
}
