import type { Flow, ResourceSet, Route } from '../../flows/types.ts';
import type { ConfigError } from '../errors.ts';
import { loadFlows } from './flows.ts';
import type { FlowCatalogue } from './flows.ts';
import { firstOf } from '../yaml/load.ts';
import { loadResourceSets } from './resource-sets.ts';
import { loadRoutes } from './routing.ts';

/**
 * Flows, routes and resource sets as the files beside arx.yaml have them, and all that is wrong
 * with the files.
 */
export interface FlowBookReading {
  flows: Flow[];
  routes: Route[];
  sets: ResourceSet[];
  problems: ConfigError[];
}

/**
 * Reads flows/*.yaml, routing.yaml and resource_sets.yaml; never throws. What is wrong is left out.
 */
export function readFlowBook(baseDir: string, catalogue: FlowCatalogue): FlowBookReading {
  const { flows, problems } = loadFlows(baseDir, catalogue);
  const routing = loadRoutes(baseDir, { flows, catalogue });
  const resources = loadResourceSets(baseDir, { flows, catalogue });
  // A flow that did not load is missing for a reason that is told already.
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
 * The same where all must be right. Throws ConfigError: the first problem, the others in its
 * `others`.
 */
export function loadFlowBook(
  baseDir: string,
  catalogue: FlowCatalogue,
): Omit<FlowBookReading, 'problems'> {
  const { problems, ...book } = readFlowBook(baseDir, catalogue);
  if (problems.length > 0) throw firstOf(problems);
  return book;
}
