import { loadFlowConfig } from '../../../src/config/flows/flow-config.ts';
import { FLOW_CATALOGUE } from '../../../src/flows/catalogue.ts';
import type { Flow } from '../../../src/flows/types.ts';
import { REPO } from '../../support/policies.ts';

/** The flows, routes and resource sets included with arx. */
export const shippedConfig = (): ReturnType<typeof loadFlowConfig> =>
  loadFlowConfig(REPO, FLOW_CATALOGUE);

/** An included flow by its name. */
export function shippedFlow(name: string): Flow {
  const flow = shippedConfig().flows.find((one) => one.name === name);
  if (!flow) throw new Error(`no flow ${name} ships`);
  return flow;
}
