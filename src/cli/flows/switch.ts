import { sameName } from '../../flows/comparable.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { plain } from '../kit/text.ts';
import { withFlowService } from './flow-service.ts';
import type { FlowsOptions } from './options.ts';

/**
 * `arx flows enable|disable`: switches a flow for all users, overriding its file. Throws
 * FlowRefusal.
 */
export async function switchFlow(
  io: Io,
  { flow, enabled, options }: { flow: string; enabled: boolean; options: FlowsOptions },
): Promise<ExitCode> {
  const name = await withFlowService(io, options, async ({ service, requester, flowConfig }) => {
    await service.switch(requester, flow, enabled);
    return flowConfig.flows.find((one) => sameName(one.name, flow))?.name ?? flow;
  });
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items: [{ name, enabled }] });
  else await print(io, `${plain(name)} is ${enabled ? 'enabled' : 'disabled'}.`);
  return EXIT.ok;
}
