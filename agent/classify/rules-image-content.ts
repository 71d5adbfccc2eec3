// What came over the wire, and what the node could do with it.
import type { Rule } from "./rule.ts";
import { either, matches, says } from "./rule.ts";

/** Images that this node's runtime cannot use. */
export const FORMAT: readonly Rule[] = [
  {
    label: "image.platform_mismatch",
    signatures: either(
      says(
        "no match for platform in",
        "no matching manifest for",
        "cannot be used on this platform",
        "does not match the specified platform",
        "does not provide the specified platform",
        "operating system does not match the host",
        "no child with platform",
      ),
      matches(/\bno image found in (?:manifest list|image index) for\b/),
      matches(/\bimage is incompatible with a\b/),
    ),
  },
  {
    label: "image.unsupported_format",
    signatures: either(
      matches(
        /\b(?:unsupported|unexpected) (?:docker v2s[12] |manifest (?:list )?)?(?:media|mime) ?type\b|\b(?:media type "[^"]{1,200}"|application\/\S{1,120}) (?:is )?(?:not|no longer) supported\b/,
        /\bschema ?(?:version )?1\b.{0,80}\b(?:support|deprecat|remov)/,
        // The configuration lists other layers than the manifest.
        /\bmismatched image rootfs\b|\blayers from manifest don'?t match\b/,
      ),
      says(
        "unsupported schema version",
        "mediatype in manifest should be",
        "unknown manifest class",
        "operation on artifact with type",
      ),
    ),
  },
];

/** A full disk, a damaged blob, a layer that cannot be laid down, a name without an image. */
export const CONTENT: readonly Rule[] = [
  {
    label: "node.disk_full",
    signatures: says(
      "no space left",
      "disk quota exceeded",
      "not enough space on the disk",
      "enospc",
    ),
  },
  {
    label: "registry.blob_corrupt",
    signatures: matches(
      // Less, or more, than was promised.
      /\bunexpected commit size\b|\bfailed size validation\b|\bunexpected eof\b|\bshort read\b|\bcontent size of zero\b/,
      // Other bytes than were promised.
      /\bunexpected commit digest\b|\bdigest did not match\b|\bnot match provided manifest digest\b|\bverification failed for digest\b|\bwrong diff id\b|\binvalid checksum\b/,
      /\bcorrupt input before offset\b|\bgzip: invalid\b/,
    ),
  },
  {
    label: "runtime.unpack",
    signatures: either(
      says(
        "failed to prepare extraction snapshot",
        "failed to get reader from content store",
        "failed to extract layer",
        "failed to unpack image",
        "failed to register layer",
        "failed to stat parent",
        "failed to commit snapshot",
        "failed to get digest DIGEST",
        "unable to initialize unpacker",
        "snapshotter not loaded",
        "error processing tar file",
        "processing tar file(",
        "applylayer",
        "adding layer with blob",
        "unpacking failed",
        "lease does not exist",
        "read-only file system",
        "input/output error",
        "insufficient uids or gids",
        // The layer's digest was right: it is the tar in it that this runtime cannot read.
        "invalid tar header",
      ),
      matches(/\bcontent digest DIGEST: not found/),
    ),
  },
  {
    label: "image.not_found",
    signatures: matches(/\bNAME"?:? not found/),
  },
];
