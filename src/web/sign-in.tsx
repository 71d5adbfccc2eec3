// The page that signs in: with an operator's token, or with the code in a link's fragment, which the
// script sends. `next`: where to go then, a path of ours.
export function SignInPage({ next, problem }: { next: string; problem: string | null }) {
  return (
    <>
      <h1>Sign in</h1>
      {problem === null ? null : (
        <p role="alert" class="bad">
          {problem}
        </p>
      )}
      <form method="post" action="/sign-in" id="sign-in" data-next={next}>
        <input type="hidden" name="next" value={next} />
        <p>
          <label>
            Operator token
            <input name="token" type="password" required autocomplete="current-password" />
          </label>
        </p>
        <p class="actions">
          <button class="primary">Sign in</button>
        </p>
      </form>
      <p class="quiet">
        No token? Ask whoever installed backon for one, or for a link that signs in once.{" "}
        <code>npm start</code> prints such a link, and the name of the file with its token.
      </p>
      <p class="quiet">
        Signed in already, and came here by a link? <a href={next}>Continue</a>.
      </p>
    </>
  );
}
