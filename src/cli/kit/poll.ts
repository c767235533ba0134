/**
 * Interval between two progress queries of a followed run. Temporal Cloud counts each query as an
 * action.
 */
export const FOLLOW_MS = 300;
