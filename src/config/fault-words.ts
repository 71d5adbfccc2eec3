// zod/mini brings no words for what it finds wrong; these are zod's English ones.
import { en } from "zod/locales";

/** Goes along with every parse whose faults somebody reads; a schema's own words go before them. */
export const inWords = { error: en().localeError };
