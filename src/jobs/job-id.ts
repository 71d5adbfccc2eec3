/** A new job's id: sorts by the time at which the job was opened, `now` in ms since the epoch. */
export function newJobId(now: number): string {
  const random = crypto.getRandomValues(new Uint8Array(6));
  const tail = Array.from(random, (byte) => (byte % 36).toString(36)).join("");
  return `${now.toString(36).padStart(9, "0")}-${tail}`;
}
