import { randomUUID } from 'node:crypto';
import { ACCOUNT_VENDORS, accountVendor } from '../../config/env/account-vendors.ts';
import type { AccountVendor, AccountVendorSettings } from '../../config/env/account-vendors.ts';
import { oktaSettings, oktaSource } from '../../config/env/credentials.ts';
import type { OktaSource } from '../../config/env/credentials.ts';
import type { OktaSettings } from '../../config/env/okta-env.ts';
import { VARIABLES } from '../../config/env/variables.ts';
import { requireJira, requireSlack } from '../../config/env/vendors.ts';
import type { CallEvent } from '../../connectors/transport/exchange.ts';
import type { CallContext, Connectors } from '../../connectors/types.ts';
import type { ConnectorName } from '../../governance/types.ts';
import { composeConnectors } from '../../services/connectors.ts';
import type { Store } from '../../store/types.ts';
import { withConfiguredSink } from '../kit/audit-sink.ts';
import { policiesOf } from '../kit/inspect.ts';
import type { Settings } from '../kit/settings.ts';
import { entraChecks, googleChecks, salesforceChecks } from './accounts.ts';
import { authorityChecks } from './authority.ts';
import { attempt, fail, notSetUp } from './check.ts';
import type { CheckResult } from './check.ts';
import { clockCheck } from './clock.ts';
import type { TimedEvent } from './clock.ts';
import { exemptionCheck } from './exemptions.ts';
import { flowChecks } from './flows.ts';
import { requestReadChecks } from './governed-operations.ts';
import { jiraChecks } from './jira.ts';
import { keyCheck } from './keys.ts';
import { oktaChecks } from './okta.ts';
import { slackChecks } from './slack.ts';

/** What the checks of a vendor work with. */
export interface VendorCheckContext {
  settings: Settings;
  connectors: Connectors;
  /** The context of a call: the caller, and the subject of the call. */
  callContext: <Output>(subject: string) => CallContext<Output>;
  /** The last exchange with a vendor. */
  lastExchange: (connector: ConnectorName) => CallEvent | null;
}

/** The checks of one vendor, in order. */
type VendorChecks = (context: VendorCheckContext) => AsyncIterable<CheckResult>;

const CHECKS = { okta: oktaChecks, jira: jiraChecks, slack: slackChecks } satisfies Record<
  string,
  VendorChecks
>;
/**
 * Checks that run only if the vendor is configured. E-mail has none, because a check would send a
 * message.
 */
const OPTIONAL_CHECKS: Record<AccountVendor, VendorChecks | null> = {
  entra: entraChecks,
  google: googleChecks,
  salesforce: salesforceChecks,
  email: null,
};

const SETTINGS_FROM: Record<OktaSource, string> = {
  environment: 'set',
  vault: 'set',
  stored: 'stored in okta.json of ARX_HOME',
};

/**
 * Tries every permission that the check needs at every vendor, through the governed connectors, as
 * principal workflow:doctor.
 */
export async function* vendorChecks(settings: Settings, store: Store): AsyncGenerator<CheckResult> {
  const events: TimedEvent[] = [];
  const { arx: env, config, baseDir } = settings;
  // Read once, because it may come from Vault.
  const okta = oktaSettings({ env, config, baseDir });
  const read = { okta: () => okta, jira: () => requireJira(env), slack: () => requireSlack(env) };
  const created = { okta: await okta.catch(() => undefined), store };
  const bench = await contextOf(settings, created, (event) =>
    events.push({ ...event, at: Date.now() }),
  );
  for (const vendor of ['okta', 'jira', 'slack'] as const) {
    const unused = reasonNotToCheck(settings, vendor);
    if (unused !== null) {
      yield notSetUp(vendor, unused);
      continue;
    }
    const variables = await attempt(`${vendor} settings`, async () => {
      await read[vendor]();
      return vendor === 'okta' ? SETTINGS_FROM[oktaSource({ env, config })] : 'set';
    });
    yield variables;
    if (variables.ok) yield* CHECKS[vendor](bench);
    else yield fail(vendor, 'not tried', variables.remedy ?? 'Set its variables first.');
  }
  for (const vendor of ACCOUNT_VENDORS) yield* furtherChecks(bench, vendor);
  if (created.okta) yield* requestReadChecks(bench);
  yield* flowChecks(bench, store);
  yield* authorityChecks(bench, store);
  yield await exemptionCheck(settings, store);
  yield await keyCheck(store);
  yield clockCheck(events);
}

/** The checks of Jira alone, which compare the configuration of tickets with Jira. */
export async function* jiraOnlineChecks(
  settings: Settings,
  store: Store,
): AsyncGenerator<CheckResult> {
  const variables = await attempt('jira settings', () => {
    requireJira(settings.arx);
    return 'set';
  });
  yield variables;
  if (!variables.ok) return;
  const { arx: env, config, baseDir } = settings;
  const okta = await oktaSettings({ env, config, baseDir }).catch(() => undefined);
  yield* jiraChecks(await contextOf(settings, { okta, store }, () => undefined));
}

/**
 * Why a vendor is not checked, if nothing in the configuration uses it and none of its variables is
 * set; else null.
 */
function reasonNotToCheck(
  { arx, config }: Settings,
  vendor: 'okta' | 'jira' | 'slack',
): string | null {
  const isSet = VARIABLES.some(({ name, usedBy }) => usedBy === vendor && arx.source.find(name));
  if (vendor !== 'jira' || isSet || config.tickets.mode !== 'none') return null;
  return 'not set up: tickets.mode is none, so no ticket is written';
}

async function* furtherChecks(
  bench: VendorCheckContext,
  vendor: AccountVendor,
): AsyncGenerator<CheckResult> {
  let configured = true;
  const variables = await attempt(`${vendor} settings`, () => {
    configured = accountVendor(bench.settings.arx, vendor) !== null;
    return 'set';
  });
  if (!configured) {
    yield notSetUp(vendor, 'not set up: none of its variables is set');
    return;
  }
  yield variables;
  const checks = OPTIONAL_CHECKS[vendor];
  if (variables.ok && checks) yield* checks(bench);
}

interface Dependencies {
  okta: OktaSettings | undefined;
  store: Store;
}

async function contextOf(
  settings: Settings,
  { okta, store }: Dependencies,
  observe: (event: CallEvent) => void,
): Promise<VendorCheckContext> {
  const latest = new Map<ConnectorName, CallEvent>();
  const run = randomUUID();
  const connectors = await composeConnectors({
    config: settings.config,
    store: await withConfiguredSink(settings, store),
    share: 'whole',
    timeoutMs: 10_000,
    okta,
    jira: tryRead(() => requireJira(settings.arx)),
    slack: tryRead(() => requireSlack(settings.arx)),
    ...usableVendors(settings),
    bundle: () =>
      tryRead(() => policiesOf(settings)) ?? {
        ok: false,
        reason: 'the policies did not load',
        digest: null,
      },
    observe: (event) => {
      latest.set(event.connector, event);
      observe(event);
    },
  });
  return {
    settings,
    connectors,
    callContext: (subject) => doctorCall(run, subject),
    lastExchange: (connector) => latest.get(connector) ?? null,
  };
}

/** The optional vendors whose settings can be read. */
const usableVendors = ({ arx }: Settings): AccountVendorSettings => ({
  entra: tryRead(() => accountVendor(arx, 'entra')) ?? undefined,
  google: tryRead(() => accountVendor(arx, 'google')) ?? undefined,
  salesforce: tryRead(() => accountVendor(arx, 'salesforce')) ?? undefined,
});

const doctorCall = <Output>(run: string, subject: string): CallContext<Output> => ({
  caller: {
    principal: 'workflow:doctor',
    authenticatedBy: 'cli',
    surface: 'cli',
    workflowId: `doctor/${run}`,
    run,
  },
  subject,
  priority: 'interactive',
});

function tryRead<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
