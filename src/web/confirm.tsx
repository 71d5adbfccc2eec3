// The question before anything is done: what exactly will happen, then yes or back.
import type { Child } from "hono/jsx";
import { Text } from "./parts.tsx";

/**
 * A page of its own, so that it works without the script, by keyboard, and on a phone. `fields` go
 * along with the yes, as hidden values.
 */
export function ConfirmPage(props: {
  title: string;
  happens: readonly Child[];
  action: string;
  yes: string;
  danger?: boolean;
  /** Something else helps more: it stands first, and yes is not the primary button. */
  first?: Child;
  second?: boolean;
  back: string;
  fields?: Readonly<Record<string, string>>;
  children?: Child;
}) {
  const { title, happens, action, yes, back, fields = {}, first, children } = props;
  const tone = props.danger === true ? "danger" : props.second === true ? "" : "primary";
  return (
    <>
      <h1>{title}</h1>
      {first}
      <p>What will happen:</p>
      <ul>
        {happens.map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      <form method="post" action={action}>
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {children}
        <p class="actions">
          <button class={tone}>{yes}</button>{" "}
          <a class="button" href={back}>
            Back
          </a>
        </p>
      </form>
    </>
  );
}

/** Optional: a registry other than the one whose pulls fail. */
export function RegistryField() {
  return (
    <p>
      <label>
        Registry, if it is about one in particular
        <input
          name="registry"
          placeholder="docker.io"
          maxlength={253}
          autocapitalize="none"
          spellcheck={false}
        />
      </label>
    </p>
  );
}

/** An undo may be for all clusters that use the router; `usedBy`: those that the last report named. */
export function ScopeField({ usedBy }: { usedBy: readonly string[] }) {
  return (
    <p>
      <label>
        <input type="checkbox" name="scope" value="all" />{" "}
        {usedBy.length === 0 ? (
          "Also for other clusters, if any uses the same router"
        ) : (
          <>
            Also for <Text of={usedBy.join(", ")} most={200} />, which use the same rule
          </>
        )}
      </label>
    </p>
  );
}

/** A refusal, in the words that the API has for it. */
export function ProblemPage(props: { title: string; detail: string; back: string }) {
  return (
    <>
      <h1>{props.title}</h1>
      <p role="alert">{props.detail}</p>
      <p>
        <a class="button" href={props.back}>
          Back
        </a>
      </p>
    </>
  );
}
