// What open-lab.ts (outside) and inside.ts (in the lab's own namespaces) say to each other.
import type { Place } from "./addresses.ts";
import type { FaultName } from "./faults/closed-list.ts";

/** What to start; `process` is the number by which both sides know it. */
export type Start = {
  readonly process: number;
  readonly place: Place;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** Answered one by one. */
export type LabQuestion =
  /** Answered with the CA's PEM when the network stands. */
  | { readonly ask: "ready" }
  | { readonly ask: "start"; readonly start: Start }
  | { readonly ask: "stop"; readonly process: number }
  | {
      readonly ask: "run";
      readonly place: Place;
      readonly command: readonly string[];
      readonly timeoutMs: number;
    }
  | { readonly ask: "fault"; readonly name: FaultName }
  | { readonly ask: "heal" }
  | { readonly ask: "pull"; readonly image: string }
  | { readonly ask: "served" };

/** From outside, unanswered: a message for a process. */
export type ToProcess = { readonly process: number; readonly message: unknown };

export type Stream = "stdout" | "stderr";

/** From inside, at any time: what a process said, or its end. */
export type FromProcess =
  | { readonly process: number; readonly message: unknown }
  | { readonly process: number; readonly line: string; readonly stream: Stream }
  | { readonly process: number; readonly exited: number | null };
