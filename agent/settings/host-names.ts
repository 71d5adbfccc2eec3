// Host names in a setting, comma-separated.
import * as z from "zod";

/** A dot, no port, and no address: its last label is not a number. */
const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{1,63}$/;

/** In lower case, each once, without the dot that ends a full name. */
export const hostNames = z
  .string()
  .transform((text) => text.toLowerCase().split(","))
  .transform((names) => names.map((name) => name.trim().replace(/\.$/, "")))
  .transform((names) => [...new Set(names.filter((name) => name !== ""))])
  .pipe(
    z.array(
      z
        .string()
        .regex(NAME, "host names such as auth.docker.io, comma-separated, without port or scheme"),
    ),
  );
