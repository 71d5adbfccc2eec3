// Reads what deploy/ holds.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as yaml from "yaml";
import * as z from "zod";

export const DEPLOY = join(import.meta.dirname, "../../deploy");
export const OVERLAYS = ["host-network", "host-network-metrics", "pod-network"] as const;

/** One object of a manifest; each test parses the rest of it as what it expects there. */
const Manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

const EnvVariable = z.strictObject({
  name: z.string(),
  value: z.string().nullish(),
  valueFrom: z.unknown().optional(),
});
const Probe = z.looseObject({ httpGet: z.looseObject({ host: z.string().nullish() }) });
const Container = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: z.array(EnvVariable).default([]),
  livenessProbe: Probe.optional(),
  readinessProbe: Probe.optional(),
});
const PodSpec = z.looseObject({
  containers: z.array(Container).length(1),
  initContainers: z.undefined().optional(),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});
const Deployment = z.looseObject({
  spec: z.looseObject({ template: z.looseObject({ spec: PodSpec }) }),
});

/** The text of a file below deploy/. */
export const textOf = (path: string): string => readFileSync(join(DEPLOY, path), "utf8");

/** Paths below deploy/ of all files under one folder of it. */
export function filesUnder(folder: string): string[] {
  return readdirSync(join(DEPLOY, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => statSync(join(DEPLOY, path)).isFile());
}

/** Every document of a YAML text; throws if one of them does not parse. */
export function documents(text: string): unknown[] {
  return yaml.parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS();
  });
}

export const manifestsOf = (text: string): Manifest[] => z.array(Manifest).parse(documents(text));

/** All objects under deploy/agent as they are committed, patches included. */
export function committedManifests(): Manifest[] {
  return filesUnder("agent")
    .filter((path) => path.endsWith(".yaml") && !path.endsWith("kustomization.yaml"))
    .flatMap((path) => manifestsOf(textOf(path)));
}

/** The one object of this kind. */
export function only(kind: string, manifests: readonly Manifest[]): Manifest {
  const [found, second] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || second !== undefined) throw new Error(`not exactly one ${kind}`);
  return found;
}

/** The agent's pod and its one container, as the Deployment among these describes them. */
export function agentPod(manifests: readonly Manifest[]): {
  pod: z.infer<typeof PodSpec>;
  container: z.infer<typeof Container>;
} {
  const pod = Deployment.parse(only("Deployment", manifests)).spec.template.spec;
  const [container] = pod.containers;
  if (container === undefined) throw new Error("the Deployment has no container");
  return { pod, container };
}
