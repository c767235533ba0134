import { readPermission } from '../../flows/permissions.ts';
import type { ResourceSet } from '../../flows/types.ts';
import { usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { plain } from '../kit/text.ts';
import { withDesk } from './desk.ts';
import type { FlowsOptions, PutSetOptions } from './options.ts';

/**
 * `arx flows sets list`: all of them for a super administrator, else those that whoever asks is in.
 */
export async function listSets(io: Io, options: FlowsOptions): Promise<ExitCode> {
  const { items, asker } = await withDesk(io, options, async ({ desk, asker }) => ({
    items: await desk.sets(asker),
    asker,
  }));
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items });
  else {
    const { noSetsText, setsTable } = await import('./render.ts');
    await print(
      io,
      items.length > 0 ? setsTable(items, io.colors.out) : noSetsText(asker.principal),
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
  const stored = await withDesk(io, options, async ({ desk, asker, store }) => {
    await desk.putSet(asker, set);
    return (await store.flowSettings.sets()).find((one) => one.name === name) ?? set;
  });
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items: [stored] });
  else await print(io, `Set ${plain(name)} is in force.`);
  return EXIT.ok;
}

/** `arx flows sets remove`. Throws FlowRefusal. */
export async function removeSet(io: Io, name: string, options: FlowsOptions): Promise<ExitCode> {
  await withDesk(io, options, ({ desk, asker }) => desk.removeSet(asker, name));
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items: [], removed: name });
  else await print(io, `Set ${plain(name)} is removed.`);
  return EXIT.ok;
}

function permissionOf(text: string): ResourceSet['permissions'][number] {
  const permission = readPermission(text);
  if (permission !== null) return permission;
  throw usageError(
    '--permission wants view or run.',
    'Such as --permission run; run implies view.',
  );
}
