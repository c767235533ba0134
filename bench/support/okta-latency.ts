const OKTA_MS = 200;
const OKTA_WINDOW_MS = 60_000;

/**
 * How long the emulated Okta takes to answer: 200 ms, in a compressed window as much less as the
 * window is shorter.
 */
export const latencyMs = (windowMs: number): number =>
  Math.max(1, Math.round((OKTA_MS * windowMs) / OKTA_WINDOW_MS));
