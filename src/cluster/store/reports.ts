/** The newest report of each job, as the agent sent it: JSON. */
export function openReports(sql: SqlStorage) {
  return {
    save(job: string, report: string): void {
      sql.exec("INSERT OR REPLACE INTO reports (job, doc) VALUES (?, ?)", job, report);
    },
    of: (job: string): string | null =>
      sql.exec<{ doc: string }>("SELECT doc FROM reports WHERE job = ?", job).toArray()[0]?.doc ??
      null,
    sweep(): void {
      sql.exec("DELETE FROM reports WHERE job NOT IN (SELECT id FROM jobs)");
    },
  };
}
