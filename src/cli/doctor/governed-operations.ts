import type { CallContext } from '../../connectors/types.ts';
import { toCliError } from '../kit/errors.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';
import type { VendorCheckContext } from './vendors.ts';

const NAME = 'okta governed reads';

/** Ids with which reads are tried; null where nothing is listed. */
interface FoundIds {
  user: string | null;
  group: string | null;
}

/** A read on which the decision about a request depends, and the scope that a service app needs. */
interface NeededRead {
  operation: string;
  scope: string;
  /** Null if there is nothing to try it with. */
  ask: (
    okta: VendorCheckContext['connectors']['okta'],
    found: FoundIds,
    about: <Output>(subject: string) => CallContext<Output>,
  ) => Promise<unknown> | null;
}

// prettier-ignore
const READS: readonly NeededRead[] = [
  { operation: 'users:read_groups', scope: 'okta.users.read',
    ask: (okta, { user }, about) => user === null ? null : okta('users:read_groups', { userId: user }, about(user)) },
  { operation: 'users:read_roles', scope: 'okta.roles.read',
    ask: (okta, { user }, about) => user === null ? null : okta('users:read_roles', { userId: user }, about(user)) },
  { operation: 'groups:read_roles', scope: 'okta.roles.read',
    ask: (okta, { group }, about) => group === null ? null : okta('groups:read_roles', { groupId: group }, about(group)) },
  { operation: 'iam:read_assignees', scope: 'okta.roles.read',
    ask: (okta, _, about) => okta('iam:read_assignees', { limit: 1 }, about('assignees')) },
  { operation: 'groups:read_members', scope: 'okta.groups.read',
    ask: (okta, { group }, about) => group === null ? null : okta('groups:read_members', { groupId: group, limit: 1 }, about(group)) },
  { operation: 'logs:read', scope: 'okta.logs.read',
    ask: (okta, _, about) => okta('logs:read', { limit: 1 }, about('logs')) },
];

/**
 * What arx reads from Okta to decide requests: targets, administrators, approvers, and since when they
 * are members. It is only a failure if approvers are configured, because the weekly check works
 * without it.
 */
export async function* requestReadChecks({
  settings,
  connectors: { okta },
  callContext,
}: VendorCheckContext): AsyncGenerator<CheckResult> {
  const isUsed = settings.config.approvals.default_approvers.length > 0;
  yield await attempt(NAME, async () => {
    const { output: users } = await okta('users:read', { limit: 1 }, callContext('users'));
    const { output: groups } = await okta('groups:read', { limit: 1 }, callContext('groups'));
    const found = { user: users.items[0]?.id ?? null, group: groups.items[0]?.id ?? null };
    const lacking: NeededRead[] = [];
    for (const read of READS) {
      const isAllowed = await (read.ask(okta, found, callContext) ?? Promise.resolve()).then(
        () => true,
        falseIfForbidden,
      );
      if (!isAllowed) lacking.push(read);
    }
    if (lacking.length === 0) return pass(NAME, scopesOf(READS));
    const names = lacking.map(({ operation }) => operation).join(', ');
    const detail = `not allowed: ${names}, so requests that depend on them are denied`;
    return { ...fail(NAME, detail, remedyFor(lacking)), ok: !isUsed };
  });
}

const scopesOf = (reads: readonly NeededRead[]): string =>
  [...new Set(reads.map(({ scope }) => scope))].join(', ');

const remedyFor = (lacking: readonly NeededRead[]): string =>
  `Grant a service app ${scopesOf(lacking)}, or give the owner of the token an administrator role that may read them; see docs/operating.md.`;

function falseIfForbidden(thrown: unknown): false {
  if (toCliError(thrown).code === 'forbidden') return false;
  throw thrown;
}
