import { describe, expect, it } from "vitest";
import { registryHostOf, tokenHostOf } from "../../../agent/diagnosis/image-reference.ts";

const HUB = "registry-1.docker.io";

describe("image references", () => {
  it.each(
    `busybox ${HUB}
    longhornio/longhorn-manager:v1.7.2 ${HUB}
    docker.io/library/redis@sha256:0a ${HUB}
    index.docker.io/library/redis ${HUB}
    ghcr.io/a/b:1 ghcr.io
    Reg.example.org:443/a/b reg.example.org
    reg.example.org:5000/a/b:1@sha256:0a reg.example.org:5000
    localhost/a localhost
    registry:5000/a registry:5000
    [2001:db8::1]:5000/a [2001:db8::1]:5000`
      .split("\n")
      .map((line) => line.trim().split(" ")),
  )("%s comes from %s", (image, host) => {
    expect(registryHostOf(`${image}`)).toBe(host);
  });

  it.each([
    [HUB, "auth.docker.io"],
    ["ghcr.io", "ghcr.io"],
    ["reg.example.org:5000", "reg.example.org:5000"],
  ])("the tokens of %s come from %s", (registry, token) => {
    expect(tokenHostOf(registry)).toBe(token);
  });
});
