// Where a command keeps what must outlive it: the XDG Base Directory Specification.
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./environment.ts";

export function stateFolderOf(env: Environment): string {
  const base = env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local", "state");
  return join(base, "backon");
}
