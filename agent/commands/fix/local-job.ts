// What the Worker remembers of a job, in a file: `fix` has no Worker. It is written before each write outside, so
// that a run that was killed is taken up by the next one. It is a lock too: one `fix` a router at a time.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Remembered = z.object({
  pid: z.int(),
  at: z.number(),
  addsRule: z.boolean(),
  restartsAt: z.nullable(z.number()),
});
type Remembered = z.infer<typeof Remembered>;

export type LocalJob = {
  /** An earlier run, which was killed, or this one announced it. */
  readonly addsRule: () => boolean;
  readonly restartsAt: () => number | null;
  /** Before a write outside. `at`: the cluster's clock at the first restart, ms. */
  announce(write: { readonly adds: boolean; readonly at: number | null }): void;
  /** Nothing is open any more. */
  forget(): void;
};

/** How long an unfinished run is taken up, ms: as the Worker keeps a job. */
const AGE_MS = 86_400_000;

type Keeping = {
  readonly folder: string;
  /** Router and cluster: what one run is about. */
  readonly about: string;
  readonly pid: number;
  readonly now: () => number;
  readonly isAlive: (pid: number) => boolean;
};

/** Or the process that is at it. */
export function openLocalJob({ folder, about, pid, now, isAlive }: Keeping): LocalJob | number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(about).digest("hex").slice(0, 16);
  const file = join(folder, `fix-${name}.json`);
  const before = read(file);
  if (before !== null && before.pid !== pid && isAlive(before.pid)) return before.pid;
  const isOpen = before !== null && now() - before.at < AGE_MS;
  const fresh: Remembered = { pid, at: now(), addsRule: false, restartsAt: null };
  let state: Remembered = isOpen ? { ...before, pid } : fresh;
  const write = (next: Remembered): void => {
    state = next;
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  write(state);
  return {
    addsRule: () => state.addsRule,
    restartsAt: () => state.restartsAt,
    announce({ adds, at }) {
      const { addsRule, restartsAt } = state;
      write({ ...state, at: now(), addsRule: addsRule || adds, restartsAt: restartsAt ?? at });
    },
    forget: () => rmSync(file, { force: true }),
  };
}

function read(file: string): Remembered | null {
  try {
    return Remembered.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? null;
  } catch {
    // There is none.
    return null;
  }
}
