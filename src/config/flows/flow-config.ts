import type { Flow, ResourceSet, Route } from '../../flows/types.ts';
import type { ConfigError } from '../errors.ts';
import { loadFlows } from './flows.ts';
import type { FlowCatalogue } from './flows.ts';
import { firstOf } from '../yaml/load.ts';
import { loadResourceSets } from './resource-sets.ts';
import { loadRoutes } from './routing.ts';

/**
 * Flows, routes and resource sets from the files beside arx.yaml, and every problem found in these
 * files.
 */
export interface FlowConfigReading {
  flows: Flow[];
  routes: Route[];
  sets: ResourceSet[];
  problems: ConfigError[];
}

/**
 * Reads flows/*.yaml, routing.yaml and resource_sets.yaml. Never throws; invalid entries are
 * skipped.
 */
export function readFlowConfig(baseDir: string, catalogue: FlowCatalogue): FlowConfigReading {
  const { flows, problems } = loadFlows(baseDir, catalogue);
  const routing = loadRoutes(baseDir, { flows, catalogue });
  const resources = loadResourceSets(baseDir, { flows, catalogue });
  // If a flow did not load, its own problem explains why it is unknown elsewhere.
  const further = [...routing.problems, ...resources.problems].filter(
    ({ code }) => problems.length === 0 || code !== 'unknown_flow',
  );
  return {
    flows,
    routes: routing.routes,
    sets: resources.sets,
    problems: [...problems, ...further],
  };
}

/**
 * As `readFlowBook`, but throws ConfigError if there is any problem: the first one, with the others
 * in `others`.
 */
export function loadFlowConfig(
  baseDir: string,
  catalogue: FlowCatalogue,
): Omit<FlowConfigReading, 'problems'> {
  const { problems, ...config } = readFlowConfig(baseDir, catalogue);
  if (problems.length > 0) throw firstOf(problems);
  return config;
}
