import { flowItem } from '../../services/flows/documents.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withDesk } from './desk.ts';
import type { FlowsOptions } from './options.ts';

/** `arx flows list`: the flows that whoever asks may see. */
export async function listFlows(io: Io, options: FlowsOptions): Promise<ExitCode> {
  const { items, asker } = await withDesk(io, options, async ({ desk, asker }) => ({
    items: (await desk.list(asker)).map(flowItem),
    asker,
  }));
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items });
  else {
    const { flowsTable, noFlowsText } = await import('./render.ts');
    await print(
      io,
      items.length > 0 ? flowsTable(items, io.colors.out) : noFlowsText(asker.principal),
    );
  }
  return EXIT.ok;
}
