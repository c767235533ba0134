import { canonicalDigest } from '../governance/digest.ts';
import type { Issue, IssueAccount } from './types.ts';

/** Hex digits of a run's id. */
const RUN_DIGITS = 32;
const shortDigest = (value: unknown): string => canonicalDigest(value).slice(0, RUN_DIGITS);

/**
 * Id of the run that an event has with a flow (null: without a route); the same for the same, so
 * that it is run once.
 */
export const runIdOf = (
  flow: string | null,
  { eventId, entity }: Pick<Issue, 'eventId' | 'entity'>,
): string => shortDigest([flow, eventId, entity.kind]);

/** Id of the run of one account of a person's run. */
export const childRunId = (parent: string, { product, tenant, id }: IssueAccount): string =>
  shortDigest([parent, product, tenant, id]);

/** Id of the run that takes another back, where `failed` earlier ones did not manage to. */
export const undoRunId = (run: string, failed: number): string =>
  shortDigest(['undo', run, failed]);

/**
 * `<issue>:<inputs>`, two halves of 32 hex digits: the same event, and asked for with the same
 * inputs.
 */
export const eventDigestOf = (issue: Issue, inputs: unknown): string =>
  `${shortDigest(issue)}:${shortDigest(inputs)}`;

/** True where two event digests are of the same event, whatever the inputs. */
export const sameEvent = (one: string, other: string): boolean =>
  one.split(':')[0] === other.split(':')[0];
