// The words that the kubelet of 1.28 to 1.36 puts around a runtime's error.

/** Ways in which one error reaches a pod's status, its events or the kubelet's log. */
export function kubeletFrames(image: string): ((error: string) => string)[] {
  return [
    (error) => error,
    (error) => `Failed to pull image "${image}": ${error}`,
    // Older ones keep the code Unknown; other codes stay in all of them.
    (error) => `Failed to pull image "${image}": rpc error: code = Unknown desc = ${error}`,
    (error) => `Failed to pull image "${image}": rpc error: code = NotFound desc = ${error}`,
    (error) => `rpc error: code = 2 desc = ${error}`,
    (error) => `Back-off pulling image "${image}": ErrImagePull: ${error}`,
    (error) =>
      `Back-off pulling image "${image}": ErrImagePull: rpc error: code = Unknown desc = ${error}`,
    (error) =>
      `RegistryUnavailable: image pull failed for ${image} because the registry is unavailable: ${error}`,
    (error) =>
      `failed to "StartContainer" for "eof" with ErrImagePull: ${JSON.stringify(`rpc error: code = Unknown desc = ${error}`)}`,
    (error) =>
      `Error syncing pod, skipping: failed to "StartContainer" for "denied" with ImagePullBackOff: ${JSON.stringify(`Back-off pulling image "${image}": ErrImagePull: ${error}`)}`,
    (error) =>
      `Error syncing pod 401 ("eof_ns(503)"), skipping: failed to "CreatePodSandbox" for "eof-denied_ns(429)" with CreatePodSandboxError: ${JSON.stringify(`CreatePodSandbox for pod "eof-denied_ns(429)" failed: rpc error: code = Unknown desc = failed pulling image "pause-denied:3.429": ${error}`)}`,
    (error) =>
      `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "registry.k8s.io/pause:3.429": failed to pull image "registry.k8s.io/pause:3.429": ${error}`,
    (error) =>
      `E1120 04:29:05.031401 503 pod_workers.go:429] "Error syncing pod, skipping" err=${JSON.stringify(error)} pod="denied/eof-0"`,
  ];
}
