// Faults of the router and its network, for as long as they last (reference, section 10: S60 to S69).
import { refusal } from "../../sim/routeros/errors.ts";
import type { Answer, RestRequest } from "../../sim/routeros/rest-request.ts";
import type { RouterOs } from "../../sim/routeros/server.ts";
import type { Fault, Mid } from "./history.ts";
import type { Relay } from "./relay.ts";

export type Trouble = {
  readonly os: RouterOs;
  readonly relay: Relay;
  readonly pass: (ms: number) => void;
  /** The router shows a certificate that is not its own. */
  strange: boolean;
  /** After the next write nothing can be read. */
  blindAfterWrite: boolean;
  /** The agent gets no whole answer. */
  readonly broke: () => void;
  /** The agent's lease is lost, or the job was cancelled. */
  readonly stop: (how: "lost" | "cancelled") => void;
  /** The router itself changes something. */
  readonly changed: (change: () => Promise<void>) => Promise<void>;
};

type Next = (request: RestRequest) => Promise<Answer>;

const MINUTE = 60_000;
/** Faults that last for as many requests as the fault's count. */
const LASTING = ["login refused", "no write", "no api", "rest off", "raw bytes"] as const;

/** Sets what lasts, according to the number of the request. */
export function setLasting({ faults }: RouterOs, mids: readonly Mid[], request: number): void {
  const isOn = (name: (typeof LASTING)[number]) =>
    mids.some(
      ({ at, what }) =>
        what.kind === "fault" && what.fault === name && at <= request && request < at + what.count,
    );
  faults.refuseLogin = isOn("login refused");
  faults.readOnly = isOn("no write");
  faults.noApiPolicy = isOn("no api");
  faults.restOff = isOn("rest off");
  faults.rawControlBytes = isOn("raw bytes");
}

/** What a deletion is answered that is not done; null where it is. */
export function deletesAnswered(mids: readonly Mid[], request: number): Answer | null {
  const meant = mids.find(
    ({ at, what }) =>
      what.kind === "fault" &&
      what.fault.startsWith("deletes") &&
      at <= request &&
      request < at + 2 * what.count,
  );
  if (meant?.what.kind !== "fault") return null;
  return meant.what.fault === "deletes frozen"
    ? { status: 204 }
    : refusal(400, "failure: can not remove");
}

/** No fault waits for the next request. */
export function isWell({ os: { faults }, strange, blindAfterWrite }: Trouble): boolean {
  if (strange || blindAfterWrite) return false;
  const waiting = [faults.closeBeforeApply, faults.closeGets, faults.failGets, faults.wrongObjects];
  return faults.afterApply.length === 0 && waiting.every((count) => count === 0);
}

/** What still waits for a request is taken back, and the router is well. */
export async function heal(trouble: Trouble): Promise<void> {
  const { faults } = trouble.os;
  if (trouble.strange) await trouble.os.showCertificate("ca-signed");
  trouble.strange = false;
  trouble.blindAfterWrite = false;
  faults.afterApply = [];
  faults.closeBeforeApply = 0;
  faults.closeGets = 0;
  faults.failGets = 0;
  faults.wrongObjects = 0;
}

/** This request meets the fault; `next` is the router's own way with it. */
export async function meet(
  { fault, count }: Fault,
  trouble: Trouble,
  request: RestRequest,
  next: Next,
): Promise<Answer> {
  const { os, relay, pass, stop, changed, broke } = trouble;
  const { faults } = os;
  switch (fault) {
    case "session closed":
      pass(MINUTE);
      // Nobody knows whether what ran so long was carried out.
      if (count % 2 === 0) await next(request);
      return refusal(400, "Session closed");
    case "aborted":
      broke();
      relay.cut();
      // The router's web server has to see that it is alone before it answers.
      for (let turn = 0; turn < 4; turn += 1) await new Promise((go) => setImmediate(go));
      return next(request);
    case "applied, 400":
    case "applied, 500":
    case "applied, closed":
      faults.afterApply.push(HOW[fault]);
      return next(request);
    case "applied, then blind":
      faults.afterApply.push("close");
      trouble.blindAfterWrite = true;
      return next(request);
    case "closed before":
      faults.closeBeforeApply += 1;
      return next(request);
    case "gets closed":
      faults.closeGets += count;
      return next(request);
    case "gets fail":
      faults.failGets += count;
      return next(request);
    case "wrong objects":
      faults.wrongObjects += count;
      return next(request);
    case "reboot":
      broke();
      await changed(() => os.reboot({ confusedMs: count * 4_000 }));
      return "close";
    case "reboot after":
      await next(request);
      broke();
      await changed(() => os.reboot({ confusedMs: count * 4_000 }));
      return "close";
    case "slow":
      pass(count * 25_000);
      return next(request);
    case "certificate":
      if (os.ca === "") return next(request);
      broke();
      trouble.strange = true;
      await os.showCertificate(STRANGE[count % STRANGE.length] ?? "expired");
      relay.cut();
      return "close";
    case "lease lost":
      stop("lost");
      return next(request);
    case "cancelled":
      stop("cancelled");
      return next(request);
    case "deletes refused":
    case "deletes frozen":
    case "login refused":
    case "no write":
    case "no api":
    case "rest off":
    case "raw bytes":
      return next(request);
  }
}

/** The agent knows before the router has answered. */
export function cutsAtOnce(what: Mid["what"]): boolean {
  const faults: readonly string[] = ["aborted", "reboot", "reboot after", "certificate"];
  return what.kind === "fault" && faults.includes(what.fault);
}

/** Nothing can be read any more. */
export function blind(trouble: Trouble): void {
  trouble.blindAfterWrite = false;
  trouble.os.faults.closeGets += BLIND;
}

/** More than a job tries to read after a write. */
const BLIND = 9;
const STRANGE = ["self-signed", "wrong-name", "expired", "none"] as const;
const HOW = { "applied, 400": "400", "applied, 500": "500", "applied, closed": "close" } as const;
