// An `.id` is good from the reading of its menu until something leaves doubt: a router that has restarted
// in between may give it to another row, maybe a person's.
import type { Read, Write } from "./paths.ts";

export type RowIds = {
  /** The rows of this menu are known as they are after so many doubts. */
  wereRead(asked: Read | Write, doubts: number): void;
  /** The `.id` that this write names was read before the last doubt. */
  isStale(write: Read | Write, doubts: number): boolean;
};

export function createRowIds(): RowIds {
  const readAfter = new Map<string, number>();
  return {
    wereRead({ method, path }, doubts) {
      if (method === "GET") readAfter.set(menuOf(path), doubts);
    },
    isStale: (write, doubts) =>
      namesARow(write) && doubts > (readAfter.get(menuOf(write.path)) ?? 0),
  };
}

/** An add names one only as its place, which is read back and mended. */
function namesARow({ method }: Read | Write): boolean {
  return method === "DELETE" || method === "PATCH" || method === "POST";
}

function menuOf(path: string): string {
  return path.replace(/\?.*$|\/(\*.*|move)$/, "");
}
