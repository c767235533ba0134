import { readPermission } from '../../flows/permissions.ts';
import type { ResourceSet } from '../../flows/types.ts';
import { usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { plain } from '../kit/text.ts';
import { withFlowService } from './flow-service.ts';
import type { FlowsOptions, PutSetOptions } from './options.ts';

/** `arx flows sets list`: all sets for a super administrator, or else those the requester is in. */
export async function listSets(io: Io, options: FlowsOptions): Promise<ExitCode> {
  const { items, requester } = await withFlowService(
    io,
    options,
    async ({ service, requester }) => ({
      items: await service.sets(requester),
      requester,
    }),
  );
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items });
  else {
    const { noSetsText, setsTable } = await import('./render.ts');
    await print(
      io,
      items.length > 0 ? setsTable(items, io.colors.out) : noSetsText(requester.principal),
    );
  }
  return EXIT.ok;
}

/** `arx flows sets put`. Throws CliError `usage` and FlowRefusal. */
export async function putSet(io: Io, name: string, options: PutSetOptions): Promise<ExitCode> {
  const set: ResourceSet = {
    name,
    flows: options.flow,
    members: options.member,
    permissions: options.permission.map(permissionOf),
  };
  const stored = await withFlowService(io, options, async ({ service, requester, store }) => {
    await service.putSet(requester, set);
    return (await store.flowSettings.sets()).find((one) => one.name === name) ?? set;
  });
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items: [stored] });
  else await print(io, `Set ${plain(name)} is now in effect.`);
  return EXIT.ok;
}

/** `arx flows sets remove`. Throws FlowRefusal. */
export async function removeSet(io: Io, name: string, options: FlowsOptions): Promise<ExitCode> {
  await withFlowService(io, options, ({ service, requester }) =>
    service.removeSet(requester, name),
  );
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items: [], removed: name });
  else await print(io, `Set ${plain(name)} is removed.`);
  return EXIT.ok;
}

function permissionOf(text: string): ResourceSet['permissions'][number] {
  const permission = readPermission(text);
  if (permission !== null) return permission;
  throw usageError(
    '--permission needs view or run.',
    'For example --permission run; run implies view.',
  );
}
