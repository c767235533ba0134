/** Ids of flow runs, derived from their event so that each runs only once. */

import { canonicalDigest } from '../governance/digest.ts';
import type { Issue, IssueAccount } from './types.ts';

/** Number of hex digits of a run's id. */
const RUN_DIGITS = 32;
const shortDigest = (value: unknown): string => canonicalDigest(value).slice(0, RUN_DIGITS);

/**
 * Id of the run of an event with a flow (null: without a route). The same event and flow always
 * have the same id, so they run only once.
 */
export const runIdOf = (
  flow: string | null,
  { eventId, entity }: Pick<Issue, 'eventId' | 'entity'>,
): string => shortDigest([flow, eventId, entity.kind]);

/** Id of the run for one account of a person. */
export const childRunId = (parent: string, { product, tenant, id }: IssueAccount): string =>
  shortDigest([parent, product, tenant, id]);

/** Id of the run that undoes another one, after `failed` unsuccessful attempts. */
export const undoRunId = (run: string, failed: number): string =>
  shortDigest(['undo', run, failed]);

/** `<issue>:<inputs>`, two digests of 32 hex digits: one for the event, one for the inputs. */
export const eventDigestOf = (issue: Issue, inputs: unknown): string =>
  `${shortDigest(issue)}:${shortDigest(inputs)}`;

/** Whether two event digests belong to the same event, whatever the inputs. */
export const sameEvent = (one: string, other: string): boolean =>
  one.split(':')[0] === other.split(':')[0];
