// Whether our rule stands is asked at the start and every few minutes: after a restart no report has said it yet,
// and an alert counts the days for which it stands.
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Router } from "../ports/router.ts";

const EVERY_MS = 300_000;

type Keeping = { readonly clock: Clock; readonly log: Log; readonly stopped: AbortSignal };

/** Until stopped. A router that cannot be read leaves what was seen last. */
export async function keepRuleShown(
  router: Pick<Router, "look">,
  show: (stands: boolean) => void,
  { clock, log, stopped }: Keeping,
): Promise<void> {
  while (!stopped.aborted) {
    try {
      const seen = await router.look();
      if (seen.ok) show(seen.value.rules.some(({ ours, disabled }) => ours && !disabled));
      else log("not looked whether our rule stands", { error: seen.error.message });
      await clock.sleep(EVERY_MS);
    } catch (error) {
      // The stop cuts a pause short.
      if (!stopped.aborted) log("not looked whether our rule stands", { error });
    }
  }
}
