// How a container runtime reads the name of an image.

export type ImageReference = {
  /** In full: `docker.io/library/busybox:1.36`. */
  readonly full: string;
  /** The host that is asked: registry-1.docker.io for docker.io. */
  readonly host: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
};

export function imageReference(image: string): ImageReference {
  const [first = "", ...others] = image.split("/");
  const named = others.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const registry = named ? first : "docker.io";
  const rest = named ? others.join("/") : image;
  const [, name = rest, digest] = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(rest) ?? [];
  const [, path = name, tag = "latest"] = /^(.+):([^:/]+)$/.exec(name) ?? [];
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  const suffix = digest === undefined ? `:${tag}` : `@${digest}`;
  return {
    full: `${registry}/${repository}${suffix}`,
    host: registry === "docker.io" ? "registry-1.docker.io" : registry,
    repository,
    reference: digest ?? tag,
  };
}
