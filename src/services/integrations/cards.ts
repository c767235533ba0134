import { ACCOUNT_VENDORS, accountVendorProblems } from '../../config/env/account-vendors.ts';
import type { AccountVendor } from '../../config/env/account-vendors.ts';
import { oktaSettings } from '../../config/env/credentials.ts';
import { ConfigError } from '../../config/errors.ts';
import { jiraProblems, slackProblems } from '../../config/env/vendors.ts';
import type { Store } from '../../store/types.ts';
import type { OrgSource } from '../twin/org.ts';

type Vendor = 'okta' | 'jira' | 'slack' | AccountVendor;

/** A vendor: whether it is configured, and when it last worked. */
export interface IntegrationCard {
  vendor: Vendor;
  /** `incomplete`: something is missing or wrong; a vendor that is not used is so, too. */
  state: 'configured' | 'incomplete';
  /** What is missing or wrong first, and the remedy; never a value. */
  problem: { code: string; message: string; remedy: string } | null;
  /** When arx last saw it work, ISO 8601 UTC; null: never, or not recorded. */
  lastSuccess: string | null;
  /** When the credential expires; null: the vendor does not tell. */
  expiresAt: string | null;
}

/** All vendors: `arx.integrations/v1`. */
export interface IntegrationsDocument {
  schema: 'arx.integrations/v1';
  items: IntegrationCard[];
}

const RUNS_BACK = 50;
const MISSING = 'missing_variable';

/** A card for each vendor, without a call to any of them. */
export async function integrationCards(
  source: OrgSource,
  store: Pick<Store, 'runs' | 'twin'>,
): Promise<IntegrationsDocument> {
  const { env } = source;
  const [okta, worked] = await Promise.all([oktaProblems(source), lastSuccesses(store)]);
  const problems: [Vendor, readonly ConfigError[]][] = [
    ['okta', okta],
    ['jira', jiraProblems(env)],
    ['slack', slackProblems(env)],
    ...ACCOUNT_VENDORS.map((vendor): [Vendor, readonly ConfigError[]] => [
      vendor,
      accountVendorProblems(env, vendor),
    ]),
  ];
  return {
    schema: 'arx.integrations/v1',
    items: problems.map(([vendor, found]) => ({
      vendor,
      ...stateOf(found),
      lastSuccess: worked[vendor] ?? null,
      expiresAt: null,
    })),
  };
}

async function oktaProblems(source: OrgSource): Promise<ConfigError[]> {
  try {
    await oktaSettings(source);
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return [thrown];
    throw thrown;
  }
}

/** Wrong variables are named before missing ones. */
function stateOf(found: readonly ConfigError[]): Pick<IntegrationCard, 'state' | 'problem'> {
  const [first] = [...found].sort(
    (one, other) => Number(one.code === MISSING) - Number(other.code === MISSING),
  );
  if (first === undefined) return { state: 'configured', problem: null };
  const { code, message, remedy } = first;
  return { state: 'incomplete', problem: { code, message, remedy } };
}

async function lastSuccesses({
  runs,
  twin,
}: Pick<Store, 'runs' | 'twin'>): Promise<Partial<Record<Vendor, string>>> {
  const [records, org] = await Promise.all([runs.list(RUNS_BACK), twin.syncs.newestOrg()]);
  const streams = org === null ? [] : await twin.syncs.completeStreams(org);
  const complete = records.find(({ status }) => status === 'complete');
  const ticketed = records.find(({ status, dryRun }) => status === 'complete' && !dryRun);
  const posted = records.find(({ summary }) => (summary?.['slack'] ?? null) !== null);
  const okta = [complete?.finishedAt, ...streams.map(({ at }) => at)]
    .filter((at) => typeof at === 'string')
    .toSorted()
    .at(-1);
  return {
    ...(okta !== undefined && { okta }),
    ...(typeof ticketed?.finishedAt === 'string' && { jira: ticketed.finishedAt }),
    ...(typeof posted?.finishedAt === 'string' && { slack: posted.finishedAt }),
  };
}
