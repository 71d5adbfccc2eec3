import type { Config } from "../config/config.ts";
import type { Claims } from "./tokens.ts";

/**
 * What the routes share. `session`: the operator token that the page's cookie stands for, on the
 * page's routes alone.
 */
export type AppEnv = {
  Bindings: Env;
  Variables: { config: Config; requestId: string; session?: Claims };
};
