/** A code lives ten minutes. */
const KEEP_CODES_MS = 3_600_000;

/** Tokens that were revoked, and codes that have signed somebody in. Times are ms since the epoch. */
export function openCredentials(sql: SqlStorage) {
  return {
    isRevoked: (jti: string): boolean =>
      sql.exec("SELECT at FROM revoked WHERE jti = ?", jti).toArray().length > 0,
    revoke(jti: string, at: number): void {
      sql.exec("INSERT OR IGNORE INTO revoked (jti, at) VALUES (?, ?)", jti, at);
    },
    /** False if it was used before. Remembered for longer than any code lives. */
    useCode(code: string, at: number): boolean {
      const used = sql.exec("INSERT OR IGNORE INTO codes (id, at) VALUES (?, ?)", code, at);
      return used.rowsWritten > 0;
    },
    sweep(now: number): void {
      sql.exec("DELETE FROM codes WHERE at < ?", now - KEEP_CODES_MS);
    },
  };
}
