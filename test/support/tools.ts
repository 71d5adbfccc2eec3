// Programs that only some machines have.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** A program that only some machines have. `note` belongs into the name of the test. */
export type Tool = { readonly path: string | null; readonly skip: boolean; readonly note: string };

/** The first of these programs on PATH. Where there is none: skipped, or a failure if LAB=required. */
export function findTool(...names: string[]): Tool {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const path = paths.find(isProgram) ?? null;
  if (path !== null) return { path, skip: false, note: "" };
  const required = process.env["LAB"] === "required";
  return {
    path,
    skip: !required,
    note: ` [NOT CHECKED: no ${names.join(" or ")} on this machine]`,
  };
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Runs a tool in a folder and gives its standard output; throws with all it said if it fails. */
export async function runTool(
  tool: Tool,
  folder: string,
  args: readonly string[],
): Promise<string> {
  if (tool.path === null) throw new Error(`LAB=required, but${tool.note}`);
  const limits = { cwd: folder, timeout: 25_000, maxBuffer: 4 * 1024 * 1024 };
  return (await promisify(execFile)(tool.path, args, limits)).stdout;
}
