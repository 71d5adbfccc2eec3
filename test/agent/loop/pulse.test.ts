import { describe, expect, test } from "vitest";
import { openPulse } from "../../../agent/loop/pulse.ts";

const LIMIT_MS = 20 * 60_000;

function aPulse(): { now: number; readonly pulse: ReturnType<typeof openPulse> } {
  const time = { now: 1_000 };
  return Object.assign(time, { pulse: openPulse(() => time.now) });
}

describe("the loop", () => {
  test("is stuck once it has not turned for more than 20 minutes", () => {
    const time = aPulse();
    time.now += LIMIT_MS;
    expect(time.pulse.stuck()).toBeNull();

    time.now += 1_000;

    expect(time.pulse.stuck()).toBe("the loop has not turned for 1201 s");
  });

  test("is not stuck when it turned since", () => {
    const time = aPulse();
    time.now += LIMIT_MS;
    time.pulse.turned();
    time.now += LIMIT_MS;

    expect(time.pulse.stuck()).toBeNull();
  });
});

describe("the agent", () => {
  test("is not ready before the Worker has answered, and a turn of the loop is no answer", () => {
    const { pulse } = aPulse();
    pulse.turned();

    expect(pulse.unready()).toBe("the Worker has not answered yet");
  });

  test("is not ready once the Worker has not answered for more than 20 minutes", () => {
    const time = aPulse();
    time.pulse.polled();
    time.now += LIMIT_MS;
    expect(time.pulse.unready()).toBeNull();

    time.now += 1_000;

    expect(time.pulse.unready()).toBe("the Worker last answered 1201 s ago");
  });
});
