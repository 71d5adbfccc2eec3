// Where the demo finds its parts: in a checkout they lie in the source, in the package beside dist/backon.cjs.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const isPackage = existsSync(at("worker/worker.mjs"));

/** A real body of Alertmanager's. */
export const ALERT = isPackage
  ? at("alert.json")
  : at("../../test/fixtures/alertmanager/chain/recommended-firing-longhorn.json");

/** The Worker as it was built for the package; a checkout builds it now. */
export const BUILT_WORKER = isPackage ? { built: at("worker") } : {};

/** The agent in a process that is at the site: what Node is given. */
export const AGENT = isPackage
  ? { agentProgram: ["--require", at("at-the-site.cjs"), at("backon.cjs")] }
  : {};
