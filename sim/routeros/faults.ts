// What can go wrong with a router while it runs, to be switched on by a test or the demo.
import type { FarSide } from "./fetch.ts";

type AfterApply = "400" | "500" | "close";

export type Faults = {
  /** Every login gets 401. */
  refuseLogin: boolean;
  /** How long each request takes before it takes effect, ms. */
  slowMs: number;
  /** The group has no `write`. */
  readOnly: boolean;
  /** The group has `rest-api` but not `api`. */
  noApiPolicy: boolean;
  /** REST is switched off for this protocol: 403 and an HTML page. */
  restOff: boolean;
  /** Comments leave raw control bytes in the JSON, as some versions do. */
  rawControlBytes: boolean;
  /** The next writes take effect, and then this happens instead of the true answer. */
  afterApply: AfterApply[];
  /** So many of the next writes get a closed connection and no effect. */
  closeBeforeApply: number;
  /** So many of the next GETs get a closed connection. */
  closeGets: number;
  /** So many of the next GETs get 500. */
  failGets: number;
  /** So many of the next GETs of the filter get another menu's object, as after boot. */
  wrongObjects: number;
  /** A request that is broken off hurts those after it, as on 7.21.5. */
  abortDamage: boolean;
  /** What the router's own fetches meet. */
  farSide: FarSide;
};

export function noFaults(): Faults {
  return {
    refuseLogin: false,
    slowMs: 0,
    readOnly: false,
    noApiPolicy: false,
    restOff: false,
    rawControlBytes: false,
    afterApply: [],
    closeBeforeApply: 0,
    closeGets: 0,
    failGets: 0,
    wrongObjects: 0,
    abortDamage: true,
    farSide: "401",
  };
}
