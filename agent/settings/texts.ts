// What the text of a setting may look like, and the value that it stands for. Pure.
import ipaddr from "ipaddr.js";
import * as z from "zod";
import { SHORTEST_PREFIX } from "../ports/our-writing.ts";

/** Words in small letters, comma-separated. */
export const list = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim().toLowerCase()))
  .transform((parts) => parts.filter((part) => part !== ""));
export const yesNo = z.enum(["yes", "no"]).transform((text) => text === "yes");
/** A duration in ms. */
export const ms = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "a whole number of milliseconds")
    .transform(Number)
    .default(fallback);
/** Between 1 and the most. */
export const whole = (fallback: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "a whole number")
    .transform(Number)
    .refine((n) => n >= 1 && n <= most, `between 1 and ${most}`)
    .default(fallback);
export const httpUrl = z
  .url({ protocol: /^https?$/, error: "a http:// or https:// URL" })
  .refine((text) => !text.includes("@"), "a URL without a user or password in it");

/** One router, or two that stand for each other. */
export const routerUrls = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .pipe(z.array(httpUrl).max(2, "one router, or two that stand for each other, comma-separated"))
  .transform((urls) => urls.join(","));

/** A file that `npm run token > FILE` made holds npm's banner too. */
export const oneWord = z
  .string()
  .regex(
    /^\S{20,}$/,
    "one word of 20 characters or more and nothing else; `npm run --silent token` prints only the token",
  );

/** As Go reads it: a URL, or `host:port` alone. */
export const proxy = z
  .string()
  .refine(
    (text) => URL.canParse(text.includes("://") ? text : `http://${text}`),
    "a proxy such as http://proxy.lan:3128",
  );

/** Null: none. */
export const secondResolver = z
  .string()
  .refine(
    (text) => text === "none" || (URL.canParse(text) && new URL(text).protocol === "https:"),
    "a https:// URL of a resolver that answers in JSON, or none",
  )
  .refine((text) => !text.includes("@"), "a URL without a user or password in it")
  .transform((text) => (text === "none" ? null : text));

export const ipv6Prefix = z.string().refine((text) => {
  if (!ipaddr.IPv6.isValidCIDR(text)) return false;
  const [address, length] = ipaddr.IPv6.parseCIDR(text);
  const network = ipaddr.IPv6.networkAddressFromCIDR(text);
  return length >= SHORTEST_PREFIX && address.toString() === network.toString();
}, "an IPv6 network such as 2600:1f18::/32, /32 or longer, with no bits set after the prefix");

export const networks = list.pipe(
  z.array(
    z
      .string()
      .refine(
        (text) => ipaddr.isValidCIDR(text),
        "networks such as 192.168.1.0/24 or fd12:3456::/64, comma-separated",
      ),
  ),
);
