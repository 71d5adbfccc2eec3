// What a broken-off request does to RouterOS 7.21's web server once another one completes: it resets
// other connections, and gives a caller the status of a request that was not its own.
import type { Answer } from "./rest-request.ts";

export type AbortDamage = {
  /** A client hung up before its answer. `status`: of that answer, once it is known. */
  aborted(status: () => number | null): void;
  /** A request is about to be answered: its true answer, or one with another's status. */
  complete(reply: Answer): Answer;
  /** Whether this new connection is reset. */
  resetsNext(): boolean;
};

/** Another request has to complete within this time of the abort (lab report). */
const WITHIN_MS = 2_000;
/** The server has always recovered 1.3 to 2.4 s later. */
const HEALS_MS = 2_400;

export function createAbortDamage(now: () => number, isOn: () => boolean): AbortDamage {
  let abort: { readonly at: number; readonly status: () => number | null } | null = null;
  let damage: { until: number; resets: number; status: number | null } | null = null;
  const current = () => (damage !== null && now() < damage.until ? damage : null);
  return {
    aborted(status) {
      if (isOn()) abort = { at: now(), status };
    },
    complete(reply) {
      const hurt = current();
      if (hurt !== null && hurt.status !== null && reply !== "close") {
        const { status } = hurt;
        hurt.status = null;
        return { ...reply, status };
      }
      if (abort !== null && now() - abort.at <= WITHIN_MS)
        damage = { until: now() + HEALS_MS, resets: 2, status: abort.status() ?? 200 };
      abort = null;
      return reply;
    },
    resetsNext() {
      const hurt = current();
      if (hurt === null || hurt.resets === 0) return false;
      hurt.resets -= 1;
      return true;
    },
  };
}
