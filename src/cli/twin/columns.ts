import { reasonText } from '../../twin/privileged.ts';
import type { TimelineEntry, TwinFactor, TwinRole } from '../../twin/types.ts';
import { timeText } from '../kit/text.ts';
import type { ViewItems } from '../../services/twin/views.ts';

/** A column of a list, the same for the terminal, CSV and Markdown. */
export interface Column<Item> {
  name: string;
  cell: (item: Item) => string | number;
  /** Shown only in files, because a terminal is narrow. */
  filesOnly?: true;
  /** Order in which columns are left out on a narrow terminal, the highest number first. */
  drop?: number;
}

const factorsText = (factors: readonly TwinFactor[] | null): string =>
  factors === null
    ? 'unknown'
    : factors
        .map(({ type, status }) => (status === 'ACTIVE' ? type : `${type} ${status ?? '?'}`))
        .join('; ');
const rolesText = (roles: readonly TwinRole[] | null): string =>
  roles === null ? 'unknown' : roles.map(({ role, via }) => `${role} (${via})`).join('; ');
const countText = (count: number | null): string | number => count ?? 'unknown';
const yesNo = (value: boolean | null): string =>
  value === null ? 'unknown' : value ? 'yes' : 'no';
const coverage = ({ coverage: { enrolled, none } }: TimelineEntry): string =>
  enrolled + none === 0 ? 'n/a' : `${Math.floor((100 * enrolled) / (enrolled + none))}%`;
const day = (iso: string | null): string => iso?.slice(0, 10) ?? '–';

/** The columns of each list. */
// prettier-ignore
export const COLUMNS: { [Name in keyof ViewItems]: readonly Column<ViewItems[Name]>[] } = {
  facts: [
    { name: 'fact', cell: ({ text }) => text },
    { name: 'key', cell: ({ key }) => key, filesOnly: true },
    { name: 'value', cell: ({ value }) => value, filesOnly: true },
    { name: 'confidence', cell: ({ confidence }) => confidence, drop: 2 },
    { name: 'leaves out', cell: ({ leavesOut }) => leavesOut ?? '', drop: 4 },
    { name: 'source', cell: ({ source }) => source, drop: 3 },
    { name: 'observed', cell: ({ observedAt }) => timeText(observedAt), drop: 1 },
    { name: 'run', cell: ({ run }) => run, filesOnly: true },
  ],
  gaps: [
    { name: 'severity', cell: ({ severity }) => severity },
    { name: 'kind', cell: ({ kind }) => kind },
    { name: 'name', cell: ({ name }) => name },
    { name: 'subject', cell: ({ subject }) => subject, filesOnly: true },
    { name: 'detail', cell: ({ detail }) => detail },
    { name: 'since', cell: ({ since }) => day(since), drop: 1 },
    { name: 'closed', cell: (gap) => ('closedAt' in gap && gap.closedAt !== null ? day(gap.closedAt) : ''), filesOnly: true },
  ],
  events: [
    { name: 'time', cell: ({ at }) => timeText(at) },
    { name: 'severity', cell: ({ severity }) => severity },
    { name: 'rule', cell: ({ rule }) => rule },
    { name: 'actor', cell: ({ actor }) => actor ?? '' },
    { name: 'target', cell: ({ target }) => target ?? '' },
    { name: 'technique', cell: ({ technique }) => technique, drop: 1 },
    { name: 'tactic', cell: ({ tactic }) => tactic, filesOnly: true },
    { name: 'uuid', cell: ({ uuid }) => uuid, filesOnly: true },
  ],
  users: [
    { name: 'login', cell: ({ login }) => login },
    { name: 'status', cell: ({ status, gone }) => (gone ? `${status}, gone` : status) },
    { name: 'mfa', cell: ({ mfa }) => mfa },
    { name: 'factors', cell: ({ factors }) => factorsText(factors), drop: 1 },
    { name: 'privileged', cell: ({ why: reasons, privileged }) => reasons.map(reasonText).join('; ') || (privileged === null ? 'unknown' : '') },
    { name: 'department', cell: ({ department }) => department ?? '', drop: 2 },
    { name: 'last sign-in', cell: ({ lastLogin, lastSeen }) => day([lastLogin, lastSeen].filter((at) => at !== null).toSorted().at(-1) ?? null), drop: 3 },
    { name: 'id', cell: ({ id }) => id, filesOnly: true },
    { name: 'email', cell: ({ email }) => email ?? '', filesOnly: true },
    { name: 'title', cell: ({ title }) => title ?? '', filesOnly: true },
    { name: 'type', cell: ({ userType }) => userType ?? '', filesOnly: true },
    { name: 'strongest', cell: ({ strongest }) => strongest ?? '', filesOnly: true },
    { name: 'roles', cell: ({ roles }) => rolesText(roles), filesOnly: true },
    { name: 'groups', cell: ({ groups }) => groups.join('; '), filesOnly: true },
    { name: 'created', cell: ({ created }) => created ?? '', filesOnly: true },
    { name: 'activated', cell: ({ activated }) => activated ?? '', filesOnly: true },
    { name: 'password changed', cell: ({ passwordChanged }) => passwordChanged ?? '', filesOnly: true },
    { name: 'gone', cell: ({ gone }) => yesNo(gone), filesOnly: true },
  ],
  apps: [
    { name: 'app', cell: ({ label }) => label },
    { name: 'sign-on mode', cell: ({ signOnMode }) => signOnMode },
    { name: 'status', cell: ({ status, gone }) => (gone ? `${status}, gone` : status) },
    { name: 'users', cell: ({ users }) => countText(users) },
    { name: 'groups', cell: ({ groups }) => countText(groups) },
    { name: 'id', cell: ({ id }) => id, filesOnly: true },
    { name: 'gone', cell: ({ gone }) => yesNo(gone), filesOnly: true },
  ],
  timeline: [
    { name: 'sync', cell: ({ at }) => timeText(at) },
    { name: 'MFA coverage', cell: coverage },
    { name: 'unknown', cell: ({ coverage: { unknown } }) => unknown, drop: 3 },
    { name: 'privileged', cell: ({ privileged }) => privileged },
    { name: 'SSO apps', cell: ({ ssoApps }) => ssoApps, drop: 4 },
    { name: 'critical', cell: ({ gaps }) => gaps.critical },
    { name: 'high', cell: ({ gaps }) => gaps.high },
    { name: 'medium', cell: ({ gaps }) => gaps.medium, drop: 5 },
    { name: 'low', cell: ({ gaps }) => gaps.low, drop: 6 },
    { name: 'not complete', cell: ({ incomplete }) => incomplete.join(', '), drop: 2 },
    { name: 'run', cell: ({ run }) => run, filesOnly: true },
  ],
  changes: [
    { name: 'sync', cell: ({ at }) => timeText(at) },
    { name: 'change', cell: ({ kind }) => kind.replaceAll('_', ' ') },
    { name: 'severity', cell: ({ severity }) => severity ?? '' },
    { name: 'name', cell: ({ name }) => name },
    { name: 'detail', cell: ({ detail }) => detail },
    { name: 'gap', cell: ({ gap }) => gap ?? '', filesOnly: true },
    { name: 'subject', cell: ({ subject }) => subject, filesOnly: true },
    { name: 'run', cell: ({ run }) => run, filesOnly: true },
  ],
  search: [
    { name: 'kind', cell: ({ kind }) => kind },
    { name: 'found', cell: ({ label }) => label },
    { name: 'detail', cell: ({ detail }) => detail },
    { name: 'id', cell: ({ id }) => id },
  ],
};
