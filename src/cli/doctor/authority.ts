import { authoritySources, groupIn, groupMeant, isOktaId } from '../../governance/authority.ts';
import type { AuthoritySource } from '../../governance/authority.ts';
import type { Store } from '../../store/types.ts';
import { policiesOf } from '../kit/inspect.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import type { VendorCheckContext } from './vendors.ts';

/** Lists the groups from which arx takes authority, and checks that each name means one group. */
export async function* authorityChecks(
  context: VendorCheckContext,
  store: Pick<Store, 'authorityGroups' | 'flowSettings'>,
): AsyncGenerator<CheckResult> {
  let sources: AuthoritySource[] = [];
  const read = await attempt('authority', async () => {
    const { config } = context.settings;
    sources = authoritySources({
      defaultApprovers: config.approvals.default_approvers,
      policies: policiesOf(context.settings).policies,
      resourceSets: await store.flowSettings.sets(),
    });
    return '';
  });
  if (!read.ok) yield read;
  const groups = sources.flatMap(({ reference }) => groupIn(reference) ?? []);
  for (const name of new Set(groups)) {
    const namedBy = sources
      .filter(({ reference }) => groupIn(reference) === name)
      .map((source) => source.namedBy)
      .join(', ');
    yield await attempt('authority', () => groupCheck(context, store, { name, namedBy }));
  }
}

async function groupCheck(
  { connectors, callContext }: VendorCheckContext,
  { authorityGroups }: Pick<Store, 'authorityGroups'>,
  { name, namedBy }: { name: string; namedBy: string },
): Promise<CheckResult> {
  const passed = (id: string): CheckResult =>
    pass('authority', `changes to group:${name} (${id}) need people: ${namedBy}`);
  if (isOktaId(name)) return passed(name);
  const { output } = await connectors.okta('groups:read', { name }, callContext('groups'));
  const known = (await authorityGroups.known(connectors.oktaHost)).get(name);
  const meant = groupMeant(
    output.items.filter((group) => group.name === name),
    known,
  );
  if (meant.ok) return passed(meant.id);
  return fail(
    'authority',
    `group:${name} (${namedBy}): ${meant.message}`,
    'Until this is corrected, nobody may approve or run anything as a member of this group.',
  );
}
