// What a registry or token host answers, in the frames that each client puts around it.
import type { Label } from "../../agent/classify/classify.ts";
import type { Host } from "./hosts.ts";

/** `host` is null where the client does not say whom it had asked. */
export type Answer = { readonly label: Label; readonly text: string; readonly host: Host | null };

type Status = {
  readonly label: Label;
  readonly line: string;
  readonly said: string;
};

const STATUSES: readonly Status[] = [
  {
    label: "auth.unauthorized",
    line: "401 Unauthorized",
    said: "unauthorized: authentication required",
  },
  {
    label: "auth.denied",
    line: "403 Forbidden",
    said: "denied: requested access to the resource is denied",
  },
  {
    label: "auth.token_expired",
    line: "403 Forbidden",
    said: "denied: Your authorization token has expired. Reauthenticate and try again.",
  },
  { label: "image.not_found", line: "404 Not Found", said: "manifest unknown: manifest unknown" },
  {
    label: "registry.rate_limited",
    line: "429 Too Many Requests",
    said: "toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
  },
  ...["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable"].map(
    (line): Status => ({ label: "registry.unavailable", line, said: "unknown: unknown error" }),
  ),
  { label: "registry.unavailable", line: "504 Gateway Timeout", said: "upstream dead" },
];

/** containerd: always names the URL; 1.x keeps the body on the line, 2.x puts it on the next. */
export function containerdAnswers(host: Host, url: string): Answer[] {
  return STATUSES.flatMap(({ label, line, said }) =>
    [
      `unexpected status from HEAD request to ${url}: ${line}\n${said}`,
      `unexpected status from GET request to ${url}: ${line}\n<html>\n<head><title>${line}</title></head>\n<body>${said}</body>\n</html>`,
      `unexpected status code ${url}: ${line} - Server message: ${said}`,
      `pulling from host ${host.inUrl} failed with status code [manifests 4.29]: ${line} - ${said}`,
    ].map((text) => ({ label, text, host })),
  );
}

/** containers/image names neither URL nor host. */
export function containersImageAnswers(): Answer[] {
  return STATUSES.flatMap(({ label, line, said }) => {
    const [code = "", ...reason] = line.split(" ");
    const texts = line.startsWith("5")
      ? [
          `received unexpected HTTP status: ${line}`,
          `invalid status code from registry ${code} (${reason.join(" ")})`,
          `StatusCode: ${code}, "<html><head><title>${line}</title></head></html>"`,
        ]
      : [said, `reading manifest 4.29 in quay.io/denied/eof: ${said}`];
    return texts.map((text) => ({ label, text, host: null }));
  });
}

/** moby: the registry's error codes as they are, and pages that it could not parse. */
export function mobyAnswers(host: Host, url: string): Answer[] {
  return STATUSES.flatMap(({ label, line, said }) => {
    const code = line.slice(0, 3);
    const page = String.raw`invalid character '<' looking for beginning of value: "<html>\n<head><title>${line}</title></head>\n<body>${said}</body>"`;
    return line.startsWith("5")
      ? [
          { label, text: `error parsing HTTP ${code} response body: ${page}`, host: null },
          { label, text: `received unexpected HTTP status: ${line}`, host: null },
          {
            label,
            text: `Head "${url}": received unexpected HTTP status: ${line}`,
            host,
          },
        ]
      : [
          { label, text: `error parsing HTTP ${code} response body: ${page}`, host: null },
          { label, text: said, host: null },
          { label, text: `Head "${url}": ${said}`, host },
        ];
  });
}
