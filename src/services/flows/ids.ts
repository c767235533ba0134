import { randomBytes } from 'node:crypto';
import { canonicalDigest } from '../../governance/digest.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';

/** 32 random hex digits. */
export const newRunId = (): string => randomBytes(16).toString('hex');

/**
 * Codes of runs that were refused on arrival. They do not consume the event id, because the event
 * itself was not at fault.
 */
const ON_ARRIVAL: ReadonlySet<string> = new Set(['foreign_tenant', 'stale_event', 'wrong_product']);

/** Whether a run reserves its event id, so that it cannot be used with other content. */
export const consumesEventId = ({
  outcome,
  code,
}: Pick<FlowRunRecord, 'outcome' | 'code'>): boolean =>
  !(outcome === 'denied' && code !== null && ON_ARRIVAL.has(code));

/**
 * Id of a run that is refused on arrival: the same for the same refusal, and never the id of an
 * accepted run.
 */
export const refusalRunId = (run: string, why: { code: string; eventDigest: string }): string =>
  canonicalDigest(['refused', run, why.code, why.eventDigest]).slice(0, 32);

/** Id of a dry run with an idempotency key: the same for every repetition. */
export const dryRunIdOf = (idempotencyKey: string): string =>
  canonicalDigest(['dry', idempotencyKey]).slice(0, 32);
