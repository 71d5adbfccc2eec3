/** One JSON line an error; never a header, a body or a token. `request` is the request's id. */
export function logError(request: string, what: string, detail: string): void {
  // oxlint-disable-next-line no-console -- the Worker's log is the console; this is its one place
  console.error(JSON.stringify({ level: "error", request, what, detail }));
}
