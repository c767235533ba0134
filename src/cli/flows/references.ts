/** What the user of `arx flows` names: runs by parts of their ids, groups by name, flows nearly right. */

import { nearest } from '../../config/yaml/nearest.ts';
import { isOktaId } from '../../governance/authority.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { printNote } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { completeId } from '../kit/references.ts';
import { plain } from '../kit/text.ts';
import type { FlowAccess } from './flow-service.ts';

/**
 * The id of a run that its id, a unique beginning of it or `latest` names. Unknown text is returned
 * as it is, for the service to refuse. Throws CliError `ambiguous`.
 */
export async function flowRunId(
  { service, requester, store }: FlowAccess,
  reference: string,
): Promise<string> {
  if (reference === 'latest') {
    const [newest] = await service.history(requester, { limit: 1 });
    return newest?.run ?? reference;
  }
  return (await completeId(store, 'flow run', reference)) ?? reference;
}

/** Inputs whose value is the exact name of one group of the last sync, with its id instead. */
export async function withGroupIds(
  io: Io,
  store: Pick<Store, 'names'>,
  inputs: Record<string, string>,
): Promise<Record<string, string>> {
  const resolved = { ...inputs };
  for (const [name, value] of Object.entries(inputs)) {
    if (!/group/i.test(name) || isOktaId(value)) continue;
    const groups = (await store.names.find(value)).filter(({ kind }) => kind === 'group');
    const [only, ...others] = groups;
    if (only === undefined || others.length > 0) continue;
    printNote(io, io.colors.err.dim(`${name}: ${plain(value)} is ${only.id}`));
    resolved[name] = only.id;
  }
  return resolved;
}

/**
 * Runs a task about a flow. If there is no such flow, the error names it and the nearest one that the
 * requester may see.
 */
export async function explainFlow<Result>(
  { service, requester }: FlowAccess,
  name: string | undefined,
  task: () => Promise<Result>,
): Promise<Result> {
  try {
    return await task();
  } catch (thrown) {
    const { name: type, code, remedy } = thrown as Record<string, unknown>;
    if (name === undefined || type !== 'FlowRefusal' || code !== 'not_found') throw thrown;
    const visible = (await service.list(requester)).map(({ flow }) => flow.name);
    const near = nearest(name, visible);
    const known = visible.length === 0 ? '' : `You may see ${visible.join(', ')}. `;
    throw new CliError({
      code: 'not_found',
      message: `There is no flow ${plain(name)} that you may see.`,
      remedy: `${near === null ? known : `Did you mean ${near}? `}${String(remedy)}`,
    });
  }
}
