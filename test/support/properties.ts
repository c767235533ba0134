import fc from 'fast-check';

const FULL = process.env.FULL === '1';
/** The seed printed by a failure, to reproduce it: `FC_SEED=-123 npx vitest run FILE`. */
const SEED = process.env.FC_SEED;
/**
 * Without FULL=1: a quarter of the cases, but at least this many or as many as the test requests.
 */
const ENOUGH = 50;
const USUAL = 100;

/** `fc.assert` with fewer cases unless FULL=1; `numRuns` is the full number. */
export function assertProperty<Values>(
  property: fc.IProperty<Values>,
  parameters?: fc.Parameters<Values>,
): void;
export function assertProperty<Values>(
  property: fc.IAsyncProperty<Values>,
  parameters?: fc.Parameters<Values>,
): Promise<void>;
export function assertProperty<Values>(
  property: fc.IRawProperty<Values>,
  { numRuns = USUAL, ...parameters }: fc.Parameters<Values> = {},
): unknown {
  const seed = SEED === undefined ? {} : { seed: Number(SEED) };
  return fc.assert(property as fc.IAsyncProperty<Values>, {
    ...seed,
    ...parameters,
    numRuns: casesOf(numRuns),
  });
}

function casesOf(full: number): number {
  return FULL ? full : Math.min(full, Math.max(ENOUGH, Math.ceil(full / 4)));
}
