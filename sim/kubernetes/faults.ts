// Faults that a test or a person switches on while the server runs.

export type Fault = {
  /**
   * `flow-control`: 429 as text/plain with Retry-After. `storage-down`: 504 as text/plain.
   * `closed`: the connection ends without an answer. `done-then-closed`, `done-then-504`: the
   * request is carried out first. `forbidden`: 403. `denied-by-policy`: 403 of an admission policy. `silent`: no answer at all.
   * `starting`: as just after its start, 403 to everything and /readyz 500.
   */
  readonly kind:
    | "flow-control"
    | "storage-down"
    | "closed"
    | "done-then-closed"
    | "done-then-504"
    | "forbidden"
    | "denied-by-policy"
    | "starting"
    | "silent";
  /** Left out: any. */
  readonly method?: string;
  /** A part of the path; left out: any. */
  readonly path?: string;
  /** How many requests; left out: until it is switched off. */
  readonly times?: number;
  /** With `flow-control`; 1 as recorded. */
  readonly retryAfterSeconds?: number;
};

export type Faults = {
  /** The answer switches this fault off again. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The fault that this request meets, oldest first; counts it. */
  take(method: string, path: string): Fault | null;
};

export function createFaults(): Faults {
  const active: { fault: Fault; left: number }[] = [];
  const drop = (entry: { fault: Fault; left: number }) => {
    const at = active.indexOf(entry);
    if (at >= 0) active.splice(at, 1);
  };
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      active.push(entry);
      return () => drop(entry);
    },
    clear() {
      active.length = 0;
    },
    take(method, path) {
      const entry = active.find(
        ({ fault }) =>
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || path.includes(fault.path)),
      );
      if (entry === undefined) return null;
      entry.left--;
      if (entry.left <= 0) drop(entry);
      return entry.fault;
    },
  };
}
