/** The values that a shell may complete: what is stored and configured now. */

import { CONNECTORS, OPERATIONS } from '../../governance/catalogue.ts';
import type { Store } from '../../store/types.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import type { ValueKind } from './value-kinds.ts';

const MOST = 50;

const FROM_STORE: Readonly<
  Record<Exclude<ValueKind, 'flows' | 'operations'>, (store: Store) => Promise<string[]>>
> = {
  runs: async ({ runs }) => ['latest', ...(await runs.list(MOST)).map(({ run }) => run)],
  requests: async ({ requests }) =>
    (await requests.list({ limit: MOST })).map(({ requestId }) => requestId),
  'flow-runs': async ({ references }) => [
    'latest',
    ...(await references.startingWith('flow run', '', MOST)),
  ],
  groups: async ({ twin }) => {
    const org = await twin.syncs.newestOrg();
    return org === null ? [] : (await twin.groups.list(org)).map(({ name }) => name);
  },
};

/**
 * Values of a kind, one word or name each. Never fails and never starts anything: what cannot be
 * read now is not offered.
 */
export async function valuesOf(io: Io, kind: ValueKind): Promise<string[]> {
  try {
    if (kind === 'operations') return operationNames();
    const settings = await loadSettings(io, {});
    if (kind === 'flows') return await flowNames(settings);
    const address = await storeAddress(settings);
    if (address === null) return [];
    const { withStoreAt } = await import('../kit/store.ts');
    return await withStoreAt(address, FROM_STORE[kind]);
  } catch {
    return [];
  }
}

/** Operations with and without their vendor: both forms are used. */
const operationNames = (): string[] => [
  ...new Set(OPERATIONS.map(({ operation }) => operation)),
  ...CONNECTORS.flatMap((vendor) =>
    OPERATIONS.filter(({ connector }) => connector === vendor).map(
      ({ operation }) => `${vendor}:${operation}`,
    ),
  ),
];

async function flowNames({ baseDir }: Settings): Promise<string[]> {
  const [{ readFlowConfig }, { FLOW_CATALOGUE }] = await Promise.all([
    import('../../config/flows/flow-config.ts'),
    import('../../flows/catalogue.ts'),
  ]);
  return readFlowConfig(baseDir, FLOW_CATALOGUE).flows.map(({ name }) => name);
}

/** The store of DATABASE_URL, or of the stack that runs now; null if there is neither. */
async function storeAddress({ arx }: Settings): Promise<string | null> {
  if (arx.databaseUrl !== null) return arx.databaseUrl.reveal();
  const { readState } = await import('../../local/stack-state.ts');
  return readState(arx.home)?.databaseUrl ?? null;
}
