// What fails on the node or by decision, once the registry has answered or before it was asked.
import type { Label } from "../../agent/classify/classify.ts";

type LocalFailure = { readonly label: Label; readonly text: string; readonly host: null };

const DIGEST = "sha256:5034290aa401";
const LAYER = `failed to extract layer ${DIGEST}`;
const OVERLAY = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/503/fs";

const FAILURES: readonly (readonly [Label, string])[] = [
  ["node.disk_full", `${LAYER}: write ${OVERLAY}/x509/eof: no space left on device: unknown`],
  [
    "node.disk_full",
    `writing blob: storing blob to file "/var/tmp/storage429/1": write /var/tmp/storage429/1: no space left on device`,
  ],
  [
    "node.disk_full",
    "failed to register layer: ApplyLayer exit status 1 stdout: stderr: mkdir /denied: disk quota exceeded",
  ],
  [
    "registry.blob_corrupt",
    `failed commit on ref "layer-${DIGEST}": "layer-${DIGEST}" failed size validation: 401 != 503: failed precondition`,
  ],
  [
    "registry.blob_corrupt",
    `failed commit on ref "layer-${DIGEST}": unexpected commit digest ${DIGEST}, expected sha256:aa: failed precondition`,
  ],
  ["registry.blob_corrupt", "writing blob: happened during read: unexpected EOF"],
  ["registry.blob_corrupt", `${LAYER}: unexpected EOF: unknown`],
  ["registry.blob_corrupt", `filesystem layer verification failed for digest ${DIGEST}`],
  [
    "runtime.unpack",
    `failed to prepare extraction snapshot "extract-429-x ${DIGEST}": failed to stat parent: stat ${OVERLAY}: no such file or directory`,
  ],
  [
    "runtime.unpack",
    `${LAYER}: failed to get reader from content store: content digest ${DIGEST}: not found`,
  ],
  ["runtime.unpack", "failed to register layer: open /x/denied: operation not permitted"],
  ["image.platform_mismatch", "no match for platform in manifest: not found"],
  [
    "image.platform_mismatch",
    "no matching manifest for linux/arm64/v8 in the manifest list entries",
  ],
  [
    "image.platform_mismatch",
    'choosing image instance: no image found in image index for architecture "arm64", variant "v8", OS "linux"',
  ],
  [
    "image.unsupported_format",
    'not implemented: media type "application/vnd.docker.distribution.manifest.v1+prettyjws" is no longer supported since containerd v2.1, please rebuild the image',
  ],
  ["image.unsupported_format", "unsupported MediaType: application/vnd.cncf.helm.config.v1+json"],
  ["policy.rejected", "Source image rejected: A signature was required, but no signature exists"],
  ["runtime.unavailable", "failed to send write: error reading from server: EOF: unavailable"],
  ["pull.cancelled", "context canceled"],
  ["pull.cancelled", "context deadline exceeded"],
];

/** Failures that name no host. */
export function localFailures(): LocalFailure[] {
  return FAILURES.map(([label, text]) => ({ label, text, host: null }));
}
