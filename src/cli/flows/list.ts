import { flowDetail, flowItem } from '../../services/flows/documents.ts';
import { flowPrincipal } from '../../flows/names.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withFlowService } from './flow-service.ts';
import type { FlowsOptions } from './options.ts';
import { explainFlow } from './references.ts';

/** `arx flows list`: lists the flows that the requester may see. */
export async function listFlows(io: Io, options: FlowsOptions): Promise<ExitCode> {
  const { items, requester } = await withFlowService(
    io,
    options,
    async ({ service, requester }) => ({
      items: (await service.list(requester)).map(flowItem),
      requester,
    }),
  );
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items });
  else {
    const { flowsTable, noFlowsText } = await import('./render.ts');
    await print(
      io,
      items.length > 0 ? flowsTable(items, io.colors.out) : noFlowsText(requester.principal),
    );
  }
  return EXIT.ok;
}

/** `arx flows show`: one flow in full. Throws FlowRefusal not_found. */
export async function showFlow(io: Io, name: string, options: FlowsOptions): Promise<ExitCode> {
  const flow = await withFlowService(io, options, async (access) => {
    const { service, requester, flowConfig } = access;
    const visible = await explainFlow(access, name, () => service.show(requester, name));
    return {
      ...flowDetail(visible, flowConfig.routes),
      principal: flowPrincipal(visible.flow.name),
      file: visible.flow.place.file,
    };
  });
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items: [flow] });
  else {
    const { flowText } = await import('./render.ts');
    await print(io, flowText(flow, io.colors.out));
  }
  return EXIT.ok;
}
