import { describe, expect, test } from "vitest";
import {
  casesOf,
  hostsToJudge as hostsToJudgeUnder,
  type Case,
} from "../../../agent/diagnosis/cases.ts";
import type { FailingPod } from "../../../agent/ports/cluster.ts";
import { aMessage, aPod, MINUTE, NOT_FOUND, pullError, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { BLOB, GHCR, HUB, NOW, TOKEN } from "../../support/a-round.ts";

const BACK_OFF = 'Back-off pulling image "nginx:1.27"';

/** A pod with these texts, newest first, a minute apart. */
function saying(...texts: readonly string[]): FailingPod {
  const messages = texts.map((text, index) =>
    aMessage(text, { lastAt: NOW - index * MINUTE, from: index === 0 ? "waiting" : "event" }),
  );
  const pod = aPod();
  return { ...pod, containers: pod.containers.map((one) => ({ ...one, messages })) };
}

describe("a waiting container is one case", () => {
  test("its newest text with a cause decides; a back-off says nothing", () => {
    const [one] = casesOf([saying(BACK_OFF, TLS_TIMEOUT, NOT_FOUND)]);

    expect(one).toMatchObject({ label: "network.tls_timeout", kind: "path", hosts: [HUB] });
  });

  test("without any cause both hosts of a pull are in doubt", () => {
    const [one] = casesOf([saying(BACK_OFF)]);

    expect(one).toMatchObject({ label: "unknown.no_detail", kind: "probe", hosts: [HUB, TOKEN] });
  });

  test("without any text too", () => {
    expect(casesOf([aPod({ text: null })])).toMatchObject([{ hosts: [HUB, TOKEN] }]);
  });

  test("failures of the path at its host are remembered, oldest first", () => {
    const elsewhere = pullError("net/http: TLS handshake timeout", BLOB);

    const [one] = casesOf([saying(TLS_TIMEOUT, elsewhere, BACK_OFF, TLS_TIMEOUT)]);

    expect(one?.pathFailures).toEqual([NOW - 3 * MINUTE, NOW]);
  });

  test("each waiting container of a pod is its own case", () => {
    const pod = aPod();
    const two = {
      ...pod,
      containers: [...pod.containers, ...aPod({ text: NOT_FOUND }).containers],
    };

    expect(casesOf([two]).map(({ kind }) => kind)).toEqual(["path", "text-decides"]);
  });
});

const hostsToJudge = (cases: readonly Case[], asked: readonly string[]) =>
  hostsToJudgeUnder(cases, asked, aPolicy());

describe("the hosts that the probes must judge", () => {
  test("are those of the pods, once each, with the images' registry", () => {
    const blob = aPod({ uid: "2", text: pullError("EOF", BLOB) });

    expect(hostsToJudge(casesOf([aPod(), aPod({ uid: "3" }), blob]), [])).toEqual({
      measured: [
        { host: HUB, registry: HUB },
        { host: BLOB, registry: HUB },
      ],
      unmeasured: [],
    });
  });

  test("never those of pods whose words decide", () => {
    expect(hostsToJudge(casesOf([aPod({ text: NOT_FOUND })]), []).measured).toEqual([]);
  });

  test("and those of a registry that a person names", () => {
    expect(hostsToJudge([], [HUB]).measured).toEqual([
      { host: HUB, registry: HUB },
      { host: TOKEN, registry: HUB },
    ]);
    expect(hostsToJudge([], [GHCR]).measured).toEqual([{ host: GHCR, registry: GHCR }]);
  });

  test("Docker Hub's keep Docker Hub as their registry, whatever the image says", () => {
    const image = "evil.example/a/b";
    const pods = [HUB, TOKEN, BLOB].map((host) =>
      aPod({ uid: host, image, text: pullError("EOF", host) }),
    );
    const posing = aPod({ uid: "posing", image: `${TOKEN}/a/b`, text: null });

    expect(hostsToJudge(casesOf([...pods, posing]), []).measured).toEqual([
      { host: HUB, registry: HUB },
      { host: TOKEN, registry: HUB },
      { host: BLOB, registry: HUB },
    ]);
  });

  test("a registry that other pods need is its own, though another image's error named it first", () => {
    const evil = aPod({ uid: "1", image: "evil.example/a/b", text: pullError("EOF", GHCR) });
    const other = aPod({ uid: "2", image: `${GHCR}/a/b`, text: NOT_FOUND });

    expect(hostsToJudge(casesOf([evil, other]), []).measured).toEqual([
      { host: GHCR, registry: GHCR },
    ]);
    expect(hostsToJudge(casesOf([evil]), [GHCR]).measured).toEqual([
      { host: GHCR, registry: GHCR },
    ]);
  });

  test("are twelve at most, Docker Hub's first; the others are named", () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      aPod({ uid: `${index}`, text: null, image: `r${index}.example/a/b` }),
    );

    const { measured, unmeasured } = hostsToJudge(casesOf([...many, aPod({ text: null })]), []);

    expect(measured.map(({ host }) => host)).toEqual([
      HUB,
      TOKEN,
      ...Array.from({ length: 10 }, (_, index) => `r${index}.example`),
    ]);
    expect(unmeasured.map(({ host }) => host)).toEqual(
      Array.from({ length: 10 }, (_, index) => `r${index + 10}.example`),
    );
  });

  test("a host on another port is not measured, and named", () => {
    const local = aPod({ text: null, image: "reg.example:5000/a/b" });

    expect(hostsToJudge(casesOf([local, aPod()]), [])).toEqual({
      measured: [{ host: HUB, registry: HUB }],
      unmeasured: [{ host: "reg.example:5000", registry: "reg.example:5000" }],
    });
  });
});

test.each([
  ["ErrImageNeverPull", "image.never_pull"],
  ["InvalidImageName", "image.invalid_reference"],
  ["ImageInspectError", "runtime.unavailable"],
  ["SignatureValidationFailed", "policy.rejected"],
])("the reason %s decides, whatever a text says or does not", (reason, label) => {
  for (const text of [null, TLS_TIMEOUT, "a text in words that nobody knows"]) {
    const pod = aPod({ text });
    const containers = pod.containers.map((container) => ({ ...container, reason }));

    expect(casesOf([{ ...pod, containers }])).toMatchObject([{ kind: "text-decides", label }]);
  }
});
