// The whole contract, in the order of its rows.
import { addressList } from "./address-list.ts";
import { add } from "./add.ts";
import { change } from "./change.ts";
import type { Check } from "./check.ts";
import { device } from "./device.ts";
import { fetch } from "./fetch.ts";
import { move } from "./move.ts";
import { packets } from "./packets.ts";
import { read } from "./read.ts";
import { rights } from "./rights.ts";
import { surface } from "./surface.ts";
import { time } from "./time.ts";

const number = ({ id }: Check) => Number(id.slice(1));

export const allChecks: readonly Check[] = [
  surface,
  add,
  read,
  change,
  move,
  packets,
  addressList,
  rights,
  time,
  device,
  fetch,
]
  .flat()
  .toSorted((a, b) => number(a) - number(b));
