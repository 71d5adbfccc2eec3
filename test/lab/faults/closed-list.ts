// Every fault that the lab can bring in, by its name in the tables of the measurements.
import { ANSWERS } from "./answers.ts";
import { FAMILIES } from "./families.ts";
import type { Fault } from "./fault.ts";
import { NAMES } from "./names.ts";
import { PACKET_LOSS } from "./packet-loss.ts";
import { TLS_STALLS } from "./tls-stalls.ts";

const LIST = {
  none: {},
  ...TLS_STALLS,
  ...PACKET_LOSS,
  ...NAMES,
  ...FAMILIES,
  ...ANSWERS,
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof LIST;
export const FAULTS: Readonly<Record<FaultName, Fault>> = LIST;
