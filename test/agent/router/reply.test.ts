import { describe, expect, test } from "vitest";
import { failureOf } from "../../../agent/router/fault.ts";
import { faultOf, parseReply } from "../../../agent/router/reply.ts";

const body = (detail: string, error = 400) =>
  JSON.stringify({ detail, error, message: "Bad Request" });
const unauthorized = '{"error":401,"message":"Unauthorized"}';

describe("an error is told by its words first", () => {
  test.each<[string, string, number, string, string, string]>([
    ["a wrong password", "GET", 401, unauthorized, "login", "give-up"],
    ["401 with an empty body", "GET", 401, "", "login", "give-up"],
    ["REST switched off", "GET", 403, "<html>403</html>", "login", "give-up"],
    ["no api policy", "GET", 500, body("std failure: not allowed (9)", 500), "rights", "give-up"],
    ["no write policy", "PUT", 500, body("not enough permissions (9)", 500), "rights", "give-up"],
    ["a (9) with 400", "DELETE", 400, body("not enough permissions (9)"), "rights", "give-up"],
    [
      "no write policy, or a row that can't be changed",
      "PATCH",
      400,
      body("missing or invalid resource identifier"),
      "unchangeable",
      "give-up",
    ],
    ["the router's 60 s", "GET", 400, body("Session closed"), "server", "retry"],
    ["a plain 500", "GET", 500, body("internal error", 500), "server", "retry"],
    ["a gone row", "DELETE", 404, '{"error":404,"message":"Not Found"}', "not-found", "retry"],
    ["a gone anchor", "PUT", 400, body("no such item"), "not-found", "retry"],
    ["a second entry", "PUT", 400, body("failure: already have such entry"), "exists", "retry"],
    ["an unknown menu", "GET", 400, body("no such command or directory (x)"), "refused", "give-up"],
    [
      "an unknown value",
      "PUT",
      400,
      body("input does not match any value of chain"),
      "refused",
      "give-up",
    ],
    ["no JSON content type", "PUT", 415, "", "refused", "give-up"],
  ])("%s: %s %i", (_name, method, status, text, kind, next) => {
    const fault = faultOf({ what: "asking", method }, status, text);
    expect(fault.kind).toBe(kind);
    expect(failureOf(fault)).toMatchObject({ next, uncertain: false });
  });

  test("an error without a word is said to be one", () => {
    const { message } = failureOf(
      faultOf({ what: "GET /rest/x on 192.0.2.1", method: "GET" }, 500, ""),
    );
    expect(message).toContain("GET /rest/x on 192.0.2.1: 500 without an explanation");
  });
});

describe("a hostile answer", () => {
  const MEGABYTE = 1_048_576;
  const PARTS = 16;
  /** What this thread computed, in µs: a busy machine lets it wait, but does not let it compute more. */
  const computedFor = (work: () => void) => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return user + system;
  };

  test.each([
    ["escaped quotes without an end", '\\"'],
    ["quotes", '"'],
    ["control bytes in strings", '"\u0001"'],
    ["backslashes", "\\"],
  ])("%s: one large text takes little more than as much in small ones", (_name, part) => {
    const text = (length: number) => `"${part.repeat(length / part.length)}`;
    const [small, large] = [text(MEGABYTE / PARTS), text(MEGABYTE)];
    const inSmallOnes = () => {
      for (let at = 0; at < PARTS; at += 1) parseReply(small);
    };
    inSmallOnes();

    const ratio = computedFor(() => parseReply(large)) / computedFor(inSmallOnes);

    // One if linear, sixteen if quadratic.
    expect(ratio).toBeLessThan(4);
  });

  test("an error of a megabyte is not searched for words", () => {
    const text = JSON.stringify({ detail: "x".repeat(MEGABYTE) });

    expect(faultOf({ what: "GET /rest/x", method: "GET" }, 500, text).detail).toBe(
      "without an explanation",
    );
  });
});

describe("JSON that is none", () => {
  test.each([
    ["raw control bytes in a string", '{"comment":"a\tb\u0001"}', { comment: "a\tb\u0001" }],
    ["white space between values", '[\n\t{"a":"b"}\n]', [{ a: "b" }]],
    ["a page", "<html></html>", undefined],
    ["half an answer", '[{"a":"b"', undefined],
    ["an escaped quote before a control byte", '{"a":"\\"\u0001"}', { a: '"\u0001' }],
    ["an escaped backslash at a string's end", '{"a":"\\\\",\n"b":"\t"}', { a: "\\", b: "\t" }],
  ])("%s", (_name, text, parsed) => {
    expect(parseReply(text)).toEqual(parsed);
  });
});
