// One check, on a simulated router of its own or on a real one, and how it ended.
import { startRouterOs, type RouterOs, type RouterOsOptions } from "../../sim/routeros/server.ts";
import type { Switches } from "../../sim/routeros/switches.ts";
import { CannotCheck, Difference, isSimulatorOnly, type Check } from "./check.ts";
import { createRestClient, type RestClient, type Target } from "./rest-client.ts";

type Ending =
  | { readonly kind: "as-expected" }
  | { readonly kind: "different"; readonly expected: string; readonly got: string }
  | { readonly kind: "not-checked"; readonly why: string };
export type Result = {
  readonly id: string;
  readonly title: string;
  readonly ending: Ending;
  /** False: a request of the check got no answer, so what it did is not known. */
  readonly answered: boolean;
  /** What the router did where nobody had written down what it does. */
  readonly learnt: readonly string[];
};

/** A behaviour that is broken on purpose, to see that the contract notices. */
export type Breakage = {
  readonly options?: Partial<RouterOsOptions>;
  readonly change?: (simulator: RouterOs) => RouterOs;
};

const login = { user: "contract", password: "not-a-secret-of-anybody" };

/** Starts a simulator for the check and closes it; its clock runs on while a check pauses. */
export async function onSimulator(
  check: Check,
  switches: Partial<Switches> = {},
  broken: Breakage = {},
): Promise<Result> {
  let paused = 0;
  const started = await startRouterOs({
    ...login,
    // Only the rows about certificates need one; the others see no difference.
    plainHttp: check.id !== "S67",
    ...check.simulated,
    switches,
    now: () => Date.now() + paused,
    ...broken.options,
  });
  const simulator = broken.change?.(started) ?? started;
  const pause = (ms: number) => {
    paused += ms;
    return Promise.resolve();
  };
  const target: Target = { url: started.url, login, ca: started.ca, pause };
  try {
    return await result(check, target, (router) =>
      isSimulatorOnly(check) ? check.onSimulator(router, simulator) : check.check(router),
    );
  } finally {
    await started.close();
  }
}

/** On a real router; `after` runs whatever happens, and is told whether every request was answered. */
export async function onRouter(
  check: Check,
  target: Target,
  {
    users,
    after,
  }: {
    readonly users: boolean;
    readonly after: (answered: boolean) => Promise<unknown>;
  },
): Promise<Result> {
  const { id, title } = check;
  const notChecked = (why: string): Result => ({
    id,
    title,
    ending: { kind: "not-checked", why },
    answered: true,
    learnt: [],
  });
  if (isSimulatorOnly(check)) return notChecked("only a simulator can show it");
  if (check.makesUsers === true && !users) return notChecked("makes users: ask with --users");
  let answered = false;
  try {
    const ended = await result(check, target, (router) => check.check(router));
    answered = ended.answered;
    return ended;
  } finally {
    await after(answered);
  }
}

async function result(
  { id, title }: Check,
  target: Target,
  run: (router: RestClient) => Promise<void>,
): Promise<Result> {
  const learnt: string[] = [];
  const router = createRestClient(target, (answer) => learnt.push(answer));
  const end = (ending: Ending, answered = true): Result => ({
    id,
    title,
    ending,
    answered,
    learnt,
  });
  try {
    await run(router);
    return end({ kind: "as-expected" });
  } catch (cause) {
    if (cause instanceof CannotCheck) return end({ kind: "not-checked", why: cause.message });
    if (cause instanceof Difference)
      return end({ kind: "different", expected: cause.expected, got: cause.got });
    if (!(cause instanceof Error)) throw cause;
    // No answer where the row promises one is a difference, too.
    return end({ kind: "different", expected: "an answer", got: cause.message }, false);
  }
}
