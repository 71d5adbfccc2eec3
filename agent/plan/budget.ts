// So much in so long, whatever jobs come: what was used a while ago counts no more. Pure.

export type Budget = {
  /** When the next use is allowed, ms since the epoch; `now` or earlier: at once. */
  freeAt(now: number): number;
  use(now: number): void;
};

/** `most` uses in any `inMs` milliseconds. A clock that was set back makes nobody wait longer. */
export function budgetOf(most: number, inMs: number): Budget {
  let used: number[] = [];
  const forget = (now: number): void => {
    used = used.filter((at) => at > now - inMs && at <= now);
  };
  return {
    freeAt(now) {
      forget(now);
      const [oldest = now - inMs] = used.toSorted((one, other) => one - other);
      return used.length < most ? now : oldest + inMs;
    },
    use(now) {
      forget(now);
      used.push(now);
    },
  };
}
