import type { StreamName, TwinContext, TwinUser } from './types.ts';

/** A context made ready to judge many users. */
export interface Judge extends TwinContext {
  /** Streams that are complete. */
  complete: ReadonlySet<StreamName>;
  groupNames: ReadonlyMap<string, string>;
  /** Ids of the configured privileged groups that exist. */
  privilegedGroups: ReadonlySet<string>;
}

/** Looks up once what every judgement of a sync needs. */
export function prepareJudge(context: TwinContext): Judge {
  const { groups, settings, streams } = context;
  const wanted = new Set(settings.privilegedGroups);
  return {
    ...context,
    complete: new Set(streams.filter(({ state }) => state === 'complete').map(({ name }) => name)),
    groupNames: new Map(groups.map(({ id, name }) => [id, name])),
    privilegedGroups: new Set(
      groups.filter(({ id, name }) => wanted.has(id) || wanted.has(name)).map(({ id }) => id),
    ),
  };
}

/** Whether all of these streams are complete. */
export const hasAll = ({ complete }: Judge, needs: readonly StreamName[]): boolean =>
  needs.every((name) => complete.has(name));

/** Whether somebody is there and may sign in now. */
export const isActive = ({ status, gone }: TwinUser): boolean => !gone && status === 'ACTIVE';

/** Whether somebody is there and has not been deprovisioned. */
export const isPresent = ({ status, gone }: TwinUser): boolean =>
  !gone && status !== 'DEPROVISIONED';
