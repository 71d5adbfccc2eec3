// All secrets of this process, and the one way by which text leaves it: log, console, Worker.
import { existsSync, readFileSync } from "node:fs";
import { hushing, type Hush } from "../ports/hush.ts";
import { ACCOUNT, type Settings } from "./environment.ts";

/** Of each kind, newest first, with those that are good now: the pod's own token is good for an hour or so. */
const KEPT = 8;

type Rotated = "WORKER_TOKEN" | "ROUTER_PASSWORD";

/**
 * The secret as its file has it now: a rotation needs no restart. A file that cannot be read or is empty, as it may
 * be while it is replaced, leaves the one that was; empty where none was ever set.
 */
export function newestOf(settings: Settings, name: Rotated): () => string {
  const file = settings.secretFiles?.[name];
  let last = settings[name] ?? "";
  return () => {
    if (file === undefined) return last;
    try {
      last = readFileSync(file, "utf8").trimEnd() || last;
    } catch {
      // Kubernetes replaces the whole folder of a Secret.
    }
    return last;
  };
}

/** Knows the pod's own token as it is renewed, too: its file is read for each text. */
export function hushOf(settings: Settings, tokenFile: string = `${ACCOUNT}/token`): Hush {
  const { KUBERNETES_TOKEN, ROUTER_USER = "" } = settings;
  const workerToken = newestOf(settings, "WORKER_TOKEN");
  const routerPassword = newestOf(settings, "ROUTER_PASSWORD");
  const fixed = {
    tokens: KUBERNETES_TOKEN === undefined ? [] : [KUBERNETES_TOKEN],
    passwords: proxyPasswords(settings),
  };
  let tokens: readonly string[] = [];
  let passwords: readonly string[] = [];
  let hush = hushing(fixed);
  const current = (): Hush => {
    const account = existsSync(tokenFile) ? readFileSync(tokenFile, "utf8").trim() : "";
    const password = routerPassword();
    const login = password === "" ? [] : [password, `${ROUTER_USER}:${password}`];
    const newTokens = fresh([account, workerToken()], tokens);
    const newPasswords = fresh(login, passwords);
    if (newTokens.length + newPasswords.length === 0) return hush;
    tokens = [...newTokens, ...tokens].slice(0, KEPT);
    passwords = [...newPasswords, ...passwords].slice(0, KEPT);
    hush = hushing({
      tokens: [...fixed.tokens, ...tokens],
      passwords: [...fixed.passwords, ...passwords],
    });
    return hush;
  };
  current();
  return {
    text: (text) => current().text(text),
    value: (value) => current().value(value),
  };
}

function fresh(now: readonly string[], known: readonly string[]): string[] {
  return now.filter((secret) => secret !== "" && !known.includes(secret));
}

function proxyPasswords({ HTTPS_PROXY: proxy }: Settings): string[] {
  if (proxy === undefined) return [];
  const { password } = new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
  return password === "" ? [] : [password];
}
