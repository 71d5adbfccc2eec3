// What an isolate keeps of its settings and of tokens, and what it asks anew all the same.
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { readConfig } from "../../../src/config/config.ts";
import { mintToken, readToken } from "../../../src/http/tokens.ts";

const NOW = Date.UTC(2040, 0, 1);
const KEY = "k".repeat(48);
const minted = (key: string, ttlSeconds: number) =>
  mintToken({ key, role: "operator", cluster: "home", sub: "anna", now: NOW, ttlSeconds });

test("the settings of one environment are parsed once", () => {
  const looked = vi.fn<(target: object) => void>();
  const watched = new Proxy(
    { ...env, TOKEN_KEY: KEY, CLUSTERS: "home" },
    { ownKeys: (target) => (looked(target), Reflect.ownKeys(target)) },
  );
  const first = readConfig(watched);
  const times = looked.mock.calls.length;

  expect(readConfig(watched)).toBe(first);
  expect(times).toBeGreaterThan(0);
  expect(looked).toHaveBeenCalledTimes(times);
});

test("a token is verified once, and its end is judged at each call", async () => {
  const { token } = await minted(KEY, 60);
  const keys = [KEY];
  const read = (now: number) => readToken(`Bearer ${token}`, { keys, now });
  const imported = vi.spyOn(crypto.subtle, "importKey");

  expect(await read(NOW)).toMatchObject({ ok: true });
  expect(imported).toHaveBeenCalledTimes(1);
  expect(await read(NOW + 59_000)).toMatchObject({ ok: true });
  expect(imported).toHaveBeenCalledTimes(1);
  expect(await read(NOW + 60_000)).toMatchObject({ ok: false });
  imported.mockRestore();
});

test("a token that another key signed is refused each time, and so is a good one under other keys", async () => {
  const keys = [KEY];
  const foreign = (await minted("x".repeat(48), 60)).token;
  const good = (await minted(KEY, 60)).token;
  const read = (token: string, trusted: readonly string[]) =>
    readToken(`Bearer ${token}`, { keys: trusted, now: NOW });

  expect(await read(good, keys)).toMatchObject({ ok: true });
  for (let time = 0; time < 2; time++) {
    expect(await read(foreign, keys)).toMatchObject({ ok: false });
    expect(await read(good, ["y".repeat(48)])).toMatchObject({ ok: false });
    expect(await read(`${good}x`, keys)).toMatchObject({ ok: false });
  }
});
