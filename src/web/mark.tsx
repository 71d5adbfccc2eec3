// The mark: the sign for "on", put back. The favicon is the same.
const ARC = "M7.5 7.6a7.2 7.2 0 1 0 9 0";
const BAR = "M12 3.4v8";
const TILE = "#0b57a4";

/** Decoration: the name stands beside it. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill={TILE} />
      <path
        d={`${BAR}${ARC}`}
        fill="none"
        stroke="#fff"
        stroke-width="2.4"
        stroke-linecap="round"
      />
    </svg>
  );
}

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="${TILE}"/><path d="${BAR}${ARC}" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>`;
/** In the page itself: no request, and the policy allows `data:` images. */
export const FAVICON = `data:image/svg+xml,${encodeURIComponent(SVG)}`;
