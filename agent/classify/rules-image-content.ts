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
      matches(/\bunsupported (?:docker v2s[12] |manifest (?:list )?)?(?:media|mime) ?type\b/),
      matches(/\bmedia type "[^"]{1,200}" is no longer supported\b/),
      matches(/\bapplication\/\S{1,120} not supported\b/),
      matches(/\bschema ?(?:version )?1\b.{0,80}\b(?:support|deprecat|remov)/),
      says(
        "unsupported schema version",
        "unexpected media type",
        "mediatype in manifest should be",
        "unknown manifest class",
        "mismatched image rootfs and manifest layers",
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
    signatures: either(
      says(
        "unexpected commit digest",
        "unexpected commit size",
        "failed size validation",
        "unexpected eof",
        "short read",
        "wrong diff id",
        "corrupt input before offset",
        "gzip: invalid",
        "invalid tar header",
        "digest did not match",
        "invalid checksum",
        "reports content size of zero",
      ),
      matches(/\bverification failed for digest\b/),
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
      ),
      matches(/\bcontent digest DIGEST: not found/),
    ),
  },
  {
    label: "image.not_found",
    signatures: says("NAME: not found", "NAME not found", 'NAME" not found'),
  },
];
