import { readFlowBook } from '../../config/flows/flow-book.ts';
import type { FlowBookReading } from '../../config/flows/flow-book.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';
import { EVERY_FLOW } from '../../flows/permissions.ts';
import type { Flow, ResourceSet, Route } from '../../flows/types.ts';
import type { Store } from '../../store/types.ts';
import { plural } from '../kit/text.ts';
import { attempt, bad, fine } from './check.ts';
import type { CheckResult } from './check.ts';
import { tenantChecks } from './tenants.ts';
import type { Bench } from './vendors.ts';

/**
 * Delegated flows as they are set up; what a resource set gives to somebody is in use, and has to
 * work.
 */
export interface FlowSetup extends FlowBookReading {
  /** The sets in force: those of the store. */
  inForce: readonly ResourceSet[];
  used: (flow: string) => boolean;
  enabled: (flow: Flow) => boolean;
}

/**
 * Whether delegated flows are set up: files, switches, routes, resource sets, and where events may
 * come from.
 */
export async function* flowChecks(
  bench: Bench,
  store: Pick<Store, 'flowSettings'>,
): AsyncGenerator<CheckResult> {
  let setup: FlowSetup | null = null;
  const files = await attempt('flow files', async () => {
    setup = await setupOf(bench, store);
    return filesCheck(setup);
  });
  yield files;
  if (setup === null) return;
  yield setsCheck(setup);
  yield routesCheck(setup);
  yield* tenantChecks(bench, setup);
}

async function setupOf(
  { settings }: Bench,
  { flowSettings }: Pick<Store, 'flowSettings'>,
): Promise<FlowSetup> {
  const book = readFlowBook(settings.baseDir, FLOW_CATALOGUE);
  await flowSettings.seed(book.sets);
  const [inForce, switches] = await Promise.all([flowSettings.sets(), flowSettings.switches()]);
  return {
    ...book,
    inForce,
    used: (flow) =>
      inForce.some(
        ({ flows, members }) =>
          members.length > 0 && (flows.includes(EVERY_FLOW) || flows.includes(flow)),
      ),
    enabled: (flow) => switches.get(flow.name) ?? flow.enabled,
  };
}

function filesCheck({ flows, problems, enabled }: FlowSetup): CheckResult {
  const [first] = problems;
  if (first) {
    const { file = '', line = 1 } = first.where ?? {};
    const told = `${first.message} (${file}:${line})`;
    return bad(
      'flow files',
      `${plural(problems.length, 'problem')}: ${told}`,
      '`arx config check` says each, with its place.',
    );
  }
  const off = flows.filter((flow) => !enabled(flow)).map(({ name }) => name);
  return fine(
    'flow files',
    `${plural(flows.length, 'flow')}, ${off.length === 0 ? 'all enabled' : `all enabled but ${off.join(', ')}`}`,
  );
}

function setsCheck({ flows, inForce, used, enabled }: FlowSetup): CheckResult {
  const none = { ...fine('flow sets', 'none: no flow exists for anybody'), remedy: TO_BEGIN };
  if (inForce.length === 0) return none;
  const left = flows.filter((flow) => enabled(flow) && !used(flow.name)).map(({ name }) => name);
  const rest =
    left.length === 0 ? 'every enabled flow' : `the enabled flows but ${left.join(', ')}`;
  return fine('flow sets', `${plural(inForce.length, 'resource set')}, for ${rest}`);
}

const TO_BEGIN =
  'To delegate flows, fill in resource_sets.yaml, or use `arx flows sets put` as a super administrator of Okta.';

/** Routes of flows that somebody may run. */
function routesCheck(setup: FlowSetup): CheckResult {
  const { routes, flows, used, enabled } = setup;
  const titles = routes.reduce((sum, route) => sum + route.titles.length, 0);
  const led = routes.flatMap((route) =>
    flows.filter(({ name }) => name === route.flow).map((flow) => ({ route, flow })),
  );
  const inUse = led.filter(({ flow }) => used(flow.name));
  const missing = inUse.flatMap(({ route, flow }) =>
    missingInputs(route, flow).map((input) => ({ route, flow, input })),
  );
  const [first] = missing;
  if (first) {
    const { flow, input, route } = first;
    const told = `${route.product}, ${flow.name}: the input ${input} is not given`;
    return bad(
      'flow routes',
      told,
      `Write inputs: { ${input}: … } into its row of routing.yaml; without it such an event is refused.`,
    );
  }
  const off = inUse.filter(({ flow }) => !enabled(flow)).map(({ flow }) => flow.name);
  if (off.length > 0)
    return bad(
      'flow routes',
      `routes lead to ${[...new Set(off)].join(', ')}, which is disabled`,
      '`arx flows enable FLOW`, or take the row out of routing.yaml.',
    );
  return fine(
    'flow routes',
    `${plural(titles, 'title')} lead to ${plural(new Set(routes.map(({ flow }) => flow)).size, 'flow')}`,
  );
}

/** Inputs that neither the issue nor the row gives. */
const missingInputs = ({ inputs: given }: Route, { inputs }: Flow): string[] =>
  Object.entries(inputs)
    .filter(
      ([name, { from, required, default: usual }]) =>
        from === undefined && required && usual === undefined && !Object.hasOwn(given, name),
    )
    .map(([name]) => name);
