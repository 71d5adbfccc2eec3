// The frame of every page.
import type { Child } from "hono/jsx";
import { FAVICON, Mark } from "./mark.tsx";

/** Who is signed in, by name; null on the page that signs in. */
export type Viewer = { readonly name: string } | null;

/** `live`: the cluster whose changes make this page load itself anew. */
export function Layout(props: {
  title: string;
  viewer: Viewer;
  live?: readonly string[];
  children?: Child;
}) {
  const { title, viewer, live = [], children } = props;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · backon`}</title>
        <link rel="icon" href={FAVICON} />
        <link rel="stylesheet" href="/app.css" />
        <script src="/app.js" defer></script>
      </head>
      <body data-live={live.join(" ")}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header>
          <a href="/" class="name">
            <Mark /> backon
          </a>
          {viewer === null ? null : (
            <form method="post" action="/sign-out">
              <span class="quiet who">{viewer.name}</span> <button class="small">Sign out</button>
            </form>
          )}
        </header>
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <p id="news" role="status" class="vh"></p>
      </body>
    </html>
  );
}
