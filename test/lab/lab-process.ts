// A running Node process of the lab, seen by the one who started it.
import { asking } from "./requests.ts";
import type { FromProcess, Stream } from "./wire.ts";

export type LabProcess = {
  /** To `process.on("message")` there; what it sends before it listens waits for it. */
  send(message: object): void;
  /**
   * Sends `{...question, id}` and waits for `{id, answer}`; rejects at `{id, error}`, when time is up
   * (default: 30 s), and, with the process's last lines, when it ends. `answerParent` of requests.ts
   * is the other side.
   */
  request(question: object, timeoutMs?: number): Promise<unknown>;
  /** Every message that is no answer. Those that came before the first listener are handed to it. */
  onMessage(listener: (message: unknown) => void): void;
  /** Every line of its output; those before the first listener too. */
  onLine(listener: (line: string, stream: Stream) => void): void;
  /** Its exit code; null if a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM, after five seconds SIGKILL. */
  stop(): Promise<void>;
};

type Reach = { send(message: object): void; stop(): Promise<void> };
type Heard = { readonly process: LabProcess; readonly hear: (said: FromProcess) => void };

const LAST_LINES = 20;

/** The process, and the way in for what it says. `name` is for errors. */
export function labProcess(name: string, reach: Reach): Heard {
  const questions = asking((message) => reach.send(message));
  const messages = listeners<[unknown]>();
  const lines = listeners<[string, Stream]>();
  const last: string[] = [];
  const exited = Promise.withResolvers<number | null>();
  return {
    process: {
      send: (message) => reach.send(message),
      request: (question, timeoutMs = 120_000) => questions.ask(question, timeoutMs),
      onMessage: messages.add,
      onLine: lines.add,
      exited: exited.promise,
      stop: () => reach.stop(),
    },
    hear: (said) => {
      if ("message" in said) {
        if (!questions.accept(said.message)) messages.call(said.message);
      } else if ("line" in said) {
        last.push(said.line);
        if (last.length > LAST_LINES) last.shift();
        lines.call(said.line, said.stream);
      } else {
        questions.fail(`${name} ended with ${said.exited}: ${last.join("\n")}`);
        exited.resolve(said.exited);
      }
    },
  };
}

function listeners<Args extends unknown[]>(): {
  readonly add: (listener: (...args: Args) => void) => void;
  readonly call: (...args: Args) => void;
} {
  const all: ((...args: Args) => void)[] = [];
  let early: Args[] = [];
  return {
    add: (listener) => {
      all.push(listener);
      for (const args of early) listener(...args);
      early = [];
    },
    call: (...args) => {
      if (all.length === 0) early.push(args);
      for (const listener of all) listener(...args);
    },
  };
}
