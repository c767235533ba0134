import { randomBytes } from 'node:crypto';
import { canonicalDigest } from '../../governance/digest.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';

/** 32 random hex digits. */
export const newRunId = (): string => randomBytes(16).toString('hex');

/**
 * Codes of runs that were refused on their arrival: they use no event id up, for the event itself
 * was not at fault.
 */
const AT_ARRIVAL: ReadonlySet<string> = new Set(['foreign_tenant', 'stale_event', 'wrong_product']);

/** Whether a run keeps the id of its event from being used with other content. */
export const consumesEventId = ({
  outcome,
  code,
}: Pick<FlowRunRecord, 'outcome' | 'code'>): boolean =>
  !(outcome === 'denied' && code !== null && AT_ARRIVAL.has(code));

/**
 * Id of a run that is refused on its arrival: the same for the same, and another than that of a run
 * which is not.
 */
export const refusalRunId = (run: string, why: { code: string; eventDigest: string }): string =>
  canonicalDigest(['refused', run, why.code, why.eventDigest]).slice(0, 32);

/** Id of a dry run that may be asked for more than once under one id: the same each time. */
export const dryRunIdOf = (askId: string): string => canonicalDigest(['dry', askId]).slice(0, 32);
