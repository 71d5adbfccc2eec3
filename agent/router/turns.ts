// One piece of work with the router after another, whoever asks for it.

export type Turns = {
  /**
   * Does `work` when its turn has come. A caller who has waited `stopWaitingMs` gets `instead` and
   * may go on; work that has begun still ends in the background, and the others wait for that.
   */
  run<T>(work: (left: () => boolean) => Promise<T>, instead: (begun: boolean) => T): Promise<T>;
};

/** Each piece of work begins when the one before it has ended, well or not. */
export function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // The caller gets the error; the next in the queue only has to know that this one is over.
    last = turn.then(
      () => null,
      () => null,
    );
    return turn;
  };
}

/** RouterOS works on one request of a user at a time; a queue here keeps our own order. */
export function createTurns(stopWaitingMs: number | null): Turns {
  const queued = createQueue();
  return {
    run(work, instead) {
      let [begun, left] = [false, false];
      const turn = queued(async () => {
        if (left) return instead(false);
        begun = true;
        return work(() => left);
      });
      if (stopWaitingMs === null) return turn;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          left = true;
          resolve(instead(begun));
        }, stopWaitingMs);
        turn.then(resolve, reject).finally(() => clearTimeout(timer));
      });
    },
  };
}
