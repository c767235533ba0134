import { readFlowConfig } from '../../config/flows/flow-config.ts';
import type { FlowConfigReading } from '../../config/flows/flow-config.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';
import { EVERY_FLOW } from '../../flows/permissions.ts';
import type { Flow, ResourceSet, Route } from '../../flows/types.ts';
import type { Store } from '../../store/types.ts';
import { plural } from '../kit/text.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import { tenantChecks } from './tenants.ts';
import type { VendorCheckContext } from './vendors.ts';

/**
 * The set-up of delegated flows. A flow that a resource set grants to a member is in use, so it
 * must work.
 */
export interface FlowSetup extends FlowConfigReading {
  /** The resource sets that apply: those of the store. */
  inForce: readonly ResourceSet[];
  used: (flow: string) => boolean;
  enabled: (flow: Flow) => boolean;
}

/**
 * Whether delegated flows are set up: files, switches, routes, resource sets, and the tenants that
 * events may come from.
 */
export async function* flowChecks(
  context: VendorCheckContext,
  store: Pick<Store, 'flowSettings'>,
): AsyncGenerator<CheckResult> {
  let setup: FlowSetup | null = null;
  const files = await attempt('flow files', async () => {
    setup = await setupOf(context, store);
    return filesCheck(setup);
  });
  yield files;
  if (setup === null) return;
  yield setsCheck(setup);
  yield routesCheck(setup);
  yield* tenantChecks(context, setup);
}

async function setupOf(
  { settings }: VendorCheckContext,
  { flowSettings }: Pick<Store, 'flowSettings'>,
): Promise<FlowSetup> {
  const config = readFlowConfig(settings.baseDir, FLOW_CATALOGUE);
  await flowSettings.seed(config.sets);
  const [inForce, switches] = await Promise.all([flowSettings.sets(), flowSettings.switches()]);
  return {
    ...config,
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
    const detail = `${first.message} (${file}:${line})`;
    return fail(
      'flow files',
      `${plural(problems.length, 'problem')}: ${detail}`,
      '`arx config check` lists each one with its place.',
    );
  }
  const off = flows.filter((flow) => !enabled(flow)).map(({ name }) => name);
  return pass(
    'flow files',
    `${plural(flows.length, 'flow')}, ${off.length === 0 ? 'all enabled' : `all enabled except ${off.join(', ')}`}`,
  );
}

function setsCheck({ flows, inForce, used, enabled }: FlowSetup): CheckResult {
  const none = { ...pass('flow sets', 'none, so no user can run a flow'), remedy: TO_BEGIN };
  if (inForce.length === 0) return none;
  const unused = flows.filter((flow) => enabled(flow) && !used(flow.name)).map(({ name }) => name);
  const rest =
    unused.length === 0 ? 'every enabled flow' : `the enabled flows except ${unused.join(', ')}`;
  return pass('flow sets', `${plural(inForce.length, 'resource set')}, for ${rest}`);
}

const TO_BEGIN =
  'To delegate flows, fill in resource_sets.yaml, or run `arx flows sets put` as a super administrator of Okta.';

/** Checks the routes of flows that a resource set grants. */
function routesCheck(setup: FlowSetup): CheckResult {
  const { routes, flows, used, enabled } = setup;
  const titles = routes.reduce((sum, route) => sum + route.titles.length, 0);
  const routed = routes.flatMap((route) =>
    flows.filter(({ name }) => name === route.flow).map((flow) => ({ route, flow })),
  );
  const inUse = routed.filter(({ flow }) => used(flow.name));
  const missing = inUse.flatMap(({ route, flow }) =>
    missingInputs(route, flow).map((input) => ({ route, flow, input })),
  );
  const [first] = missing;
  if (first) {
    const { flow, input, route } = first;
    const detail = `${route.product}, ${flow.name}: the input ${input} is missing`;
    return fail(
      'flow routes',
      detail,
      `Add inputs: { ${input}: … } to its row of routing.yaml. Without it, such events are refused.`,
    );
  }
  const off = inUse.filter(({ flow }) => !enabled(flow)).map(({ flow }) => flow.name);
  if (off.length > 0)
    return fail(
      'flow routes',
      `routes lead to ${[...new Set(off)].join(', ')}, which is disabled`,
      'Run `arx flows enable FLOW`, or remove the row from routing.yaml.',
    );
  return pass(
    'flow routes',
    `${plural(titles, 'title')} routed to ${plural(new Set(routes.map(({ flow }) => flow)).size, 'flow')}`,
  );
}

/** Required inputs that neither the issue nor the row provides. */
const missingInputs = ({ inputs: given }: Route, { inputs }: Flow): string[] =>
  Object.entries(inputs)
    .filter(
      ([name, { from, required, default: usual }]) =>
        from === undefined && required && usual === undefined && !Object.hasOwn(given, name),
    )
    .map(([name]) => name);
