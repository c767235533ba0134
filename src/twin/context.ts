import { exceptionsOf, unreadOf } from './exceptions.ts';
import type { Unread } from './exceptions.ts';
import type { StreamException, StreamName, TwinContext, TwinUser } from './types.ts';

/** The context of an assessment, with lookup tables. */
export interface AssessmentContext extends TwinContext {
  /** The complete streams. */
  complete: ReadonlySet<StreamName>;
  groupNames: ReadonlyMap<string, string>;
  /** Ids of the configured privileged groups that exist. */
  privilegedGroups: ReadonlySet<string>;
  /** What could not be read of the streams, although they are complete otherwise. */
  exceptions: readonly StreamException[];
  /** What is therefore not known about privileges. */
  unread: Unread;
}

/** Builds the lookup tables that every assessment of a sync needs. */
export function prepareContext(context: TwinContext): AssessmentContext {
  const { groups, settings, streams } = context;
  const wanted = new Set(settings.privilegedGroups);
  const privilegedGroups = new Set(
    groups.filter(({ id, name }) => wanted.has(id) || wanted.has(name)).map(({ id }) => id),
  );
  const exceptions = exceptionsOf(streams);
  return {
    ...context,
    complete: new Set(streams.filter(({ state }) => state === 'complete').map(({ name }) => name)),
    groupNames: new Map(groups.map(({ id, name }) => [id, name])),
    privilegedGroups,
    exceptions,
    unread: unreadOf(exceptions, groups, privilegedGroups),
  };
}

/** Whether all of these streams are complete. */
export const hasAll = ({ complete }: AssessmentContext, needs: readonly StreamName[]): boolean =>
  needs.every((name) => complete.has(name));

/** Whether a user exists and may sign in. */
export const isActive = ({ status, gone }: TwinUser): boolean => !gone && status === 'ACTIVE';

/** Whether a user exists and is not deprovisioned. */
export const isPresent = ({ status, gone }: TwinUser): boolean =>
  !gone && status !== 'DEPROVISIONED';
