// A fault that comes and goes by the clock, the only one in the router's table of faults.
import { EMPTY_TABLE, type Fault } from "./faults/fault.ts";

/** Rejects if the last change could not be made. */
export type Pulse = { stop(): Promise<void> };

/** In force in every second span of `everyMs` since the epoch; resolves once it is as the clock says. */
export async function startPulse(
  { everyMs, nft }: NonNullable<Fault["pulse"]>,
  loadNft: (statements: readonly string[]) => Promise<void>,
): Promise<Pulse> {
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const beat = async (): Promise<void> => {
    const inForce = Math.floor(Date.now() / everyMs) % 2 === 0;
    await loadNft(inForce ? [...EMPTY_TABLE, ...nft] : EMPTY_TABLE);
  };
  const next = (): void => {
    timer = setTimeout(
      () => {
        turn = beat();
        turn.catch(() => undefined); // Told by `stop`.
        next();
      },
      everyMs - (Date.now() % everyMs) + 1,
    );
  };
  await beat();
  next();
  return {
    stop: async () => {
      clearTimeout(timer);
      await turn;
    },
  };
}
