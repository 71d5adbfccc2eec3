// The page's one script. Everything works without it but two things: the page loads itself anew when
// its cluster has news, and a link with a code signs in. It adds no text of others as HTML.

import { ago } from "../../shown/ago.ts";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Several messages in a row are one look. */
const SOON_MS = 120;
/** The close code for "your token is no longer good". */
const TOKEN_ENDED = 4401;
/** The one for "too many pages of this token": whoever came back at once would push off another. */
const PUSHED_OFF = 4408;

dress();
// "5 min ago" grows old.
setInterval(localTimes, 30_000);
signInByLink();
// A link that is pasted into a page of ours that is open already changes the fragment alone.
addEventListener("hashchange", signInByLink);
for (const cluster of (document.body.dataset["live"] ?? "")
  .split(" ")
  .filter((name) => name !== ""))
  watch(cluster);

/** A WebSocket without data. Whenever it drops it is opened again, each time after a longer pause. */
function watch(cluster: string): void {
  let pauseMs = FIRST_PAUSE_MS;
  const connect = (): void => {
    const socket = new WebSocket(
      `${location.origin.replace(/^http/, "ws")}/clusters/${cluster}/live`,
    );
    socket.onopen = () => {
      pauseMs = FIRST_PAUSE_MS;
      // Something may have happened since the page was made, or while no socket was open.
      lookSoon();
    };
    socket.onmessage = lookSoon;
    socket.onclose = ({ code }) => {
      if (code === TOKEN_ENDED) return location.reload();
      if (code === PUSHED_OFF) pauseMs = LONGEST_PAUSE_MS;
      // A session that is over opens no socket: the look leads to the form that signs in.
      lookSoon();
      setTimeout(connect, pauseMs * (0.5 + Math.random()));
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    };
  };
  connect();
}

let soon = false;
let looking: Promise<void> = Promise.resolve();

/** One look at a time; a message during one is followed by another. */
function lookSoon(): void {
  if (soon) return;
  soon = true;
  setTimeout(() => {
    looking = looking.then(() => {
      soon = false;
      return look();
    });
  }, SOON_MS);
}

/** Loads this page again and puts its content in place; what was unfolded stays so. */
async function look(): Promise<void> {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  // Offline: the socket drops as well, and looks when it is open again.
  if (answer === null) return;
  if (answer.type === "opaqueredirect") return location.reload();
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [document.querySelector("main"), next.querySelector("main")];
  if (old === null || fresh === null) return;
  const before = headingOf(old);
  const unfolded = Array.from(old.querySelectorAll("details"), ({ open }) => open);
  const focused = document.activeElement?.getAttribute("href");
  fresh.querySelectorAll("details").forEach((one, at) => (one.open = unfolded[at] ?? false));
  old.replaceChildren(...fresh.childNodes);
  document.title = next.title;
  dress();
  if (focused) old.querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"]`)?.focus();
  const heading = headingOf(old);
  const news = document.getElementById("news");
  if (news !== null && heading !== before) news.textContent = `Now: ${heading}`;
}

function headingOf(main: Element): string {
  return (main.querySelector("h1")?.textContent ?? "").replaceAll(/\s+/g, " ").trim();
}

/** What a page gets besides, once it is there: times in the reader's own, and buttons that copy. */
function dress(): void {
  localTimes();
  for (const figure of document.querySelectorAll("figure.copy"))
    figure.querySelector("figcaption")?.append(copyButton(figure.querySelector("pre")));
}

/** In the reader's own time; the one from the cluster stays in `datetime`. */
function localTimes(): void {
  for (const time of document.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const exact = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
    const [words, hidden] = time.children;
    if (words === undefined || hidden === undefined) {
      time.textContent = exact;
      continue;
    }
    words.textContent = ago(at.getTime(), Date.now());
    hidden.textContent = ` (${exact})`;
    time.title = exact;
  }
}

function copyButton(from: HTMLElement | null): HTMLButtonElement {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "small", textContent: "Copy" });
  button.onclick = async () => {
    const copied = await navigator.clipboard?.writeText(from?.textContent ?? "").then(
      () => true,
      () => false,
    );
    button.textContent = copied === true ? "Copied" : "Select it by hand";
    setTimeout(() => (button.textContent = "Copy"), 2_000);
  };
  return button;
}

/**
 * A link's code is in its fragment, which no server and no log sees. It leaves the address at once.
 * Without a code: whoever came by a link of another site is signed in all the same, as a cookie
 * that is SameSite=Strict does not come along on such a way.
 */
function signInByLink(): void {
  const form = document.querySelector<HTMLFormElement>("#sign-in");
  if (form === null) return;
  const code = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  const next = form.dataset["next"] ?? "/";
  if (code === "" && document.referrer.startsWith(location.origin)) return;
  void goOn(next).then((gone) => {
    if (gone || code === "") return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "code", value: code });
    form.append(field);
    form.submit();
  });
}

/** Somebody else's link must not change who is signed in: whoever is, goes on as that. */
async function goOn(next: string): Promise<boolean> {
  const answer = await fetch(next, { redirect: "manual" }).catch(() => null);
  // Offline: the form is there, and says so itself when it is sent.
  if (!answer?.ok) return false;
  location.replace(next);
  return true;
}
