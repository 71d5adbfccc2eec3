import { delimiter, join } from "node:path";
import { isProgram } from "./tools.ts";

/** A Node that this project did not bring, if the machine has one; else the one that runs this. */
export function ownNode(): string {
  const brought = join("node_modules", ".bin");
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const others = folders.filter((folder) => folder !== "" && !folder.endsWith(brought));
  return others.map((folder) => join(folder, "node")).find(isProgram) ?? process.execPath;
}
