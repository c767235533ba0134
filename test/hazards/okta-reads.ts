/** The hazards of reading Okta for enrichment and for the identity twin. */

import type { Change, Hazard } from './table.ts';

const change = (file: string, from: string, to: string): Change => ({
  file: `src/${file}`,
  from,
  to,
});

const SYNCS = 'unit/activities/twin/exceptions.test.ts';
const CHECK = 'unit/activities/mfa/unreadable.test.ts';
const ENRICH = 'unit/services/enrich.test.ts';

export const OKTA_READS: Hazard[] = [
  {
    area: 'Elsewhere',
    hazard: 'one name of a batch of accounts cannot be the name of an account',
    test: [ENRICH, 'has its own result in a batch, whatever the other names are'],
    takenOut: [
      change(
        'services/enrichment/enricher.ts',
        'if (!read.ok) return toRefusedAccount(parts, given, read);',
        'if (!read.ok) throw new TypeError(read.problem);',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'a login is stored with decomposed accents, and an alert has composed ones',
    test: [ENRICH, 'is found with dots, blanks and accents in its login, which no path ever has'],
    takenOut: [
      change('enrichment/indicator.ts', "[...new Set([name, name.normalize('NFD')])]", '[name]'),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a user is in more groups than fit on one page, and the SDK cannot ask for the next',
    test: [ENRICH, 'has all its groups, over all pages, and none if one page cannot be read'],
    takenOut: [
      change(
        'connectors/okta/rows/user-lists.ts',
        "  if (after) url.searchParams.set('after', after);\n",
        '',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a built-in group never serves its members',
    test: [
      SYNCS,
      'names a built-in group that does not serve its members (%s), and reads everything else',
    ],
    only: 'names a built-in group that does not serve its members (E0000060)',
    takenOut: [
      change(
        'activities/twin/reading.ts',
        "    if (isLastingRefusal(error)) return 'refused';\n",
        '',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'an administrator is in a group whose members cannot be read',
    test: [
      SYNCS,
      'takes nobody for no administrator because of a group with roles that it cannot read',
    ],
    takenOut: [change('twin/privileged.ts', '    concernsAnyone ||\n', '')],
  },
  {
    area: 'Elsewhere',
    hazard: 'the roles of an administrator can no longer be read',
    test: [SYNCS, 'keeps the roles of an administrator whose roles it can no longer read'],
    takenOut: [
      change(
        'activities/twin/works.ts',
        '    await deps.store.twin.users.keepRoles(tx, stamp, unread);\n',
        '',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'one row of a list has an id of another form',
    test: [SYNCS, 'are named, and the other rows are read'],
    takenOut: [
      change('connectors/okta/rows/shared.ts', 'if (!skipUnreadable) return', 'if (rows) return'),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a row of a list has no id, so that anyone may be behind it',
    test: [SYNCS, 'keep users whom they may be, and users whom they name'],
    takenOut: [
      change('activities/twin/judging.ts', '.filter((name) => !unproved.has(name));', ';'),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'entries of the System Log have another form',
    test: [
      SYNCS,
      'of the System Log are counted with their uuids, and odd but readable ones are read',
    ],
    takenOut: [
      change(
        'activities/twin/logs.ts',
        ', unreadable: unreadable.map(toRow) };',
        ', unreadable: [] };',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'entries of the System Log arrive late',
    test: [SYNCS, 'is raised once, when the late ones are there'],
    takenOut: [
      change(
        'twin/events/carry-over.ts',
        '  Math.max(OVERLAP_MS, latenessMs ?? 0);',
        '  Math.min(OVERLAP_MS, latenessMs ?? 0);',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a late entry changes which entry reaches a threshold',
    test: [SYNCS, 'is raised once, when the late ones are there'],
    takenOut: [
      change(
        'twin/events/triggers.ts',
        'first && !others.some(({ entry }) => raised.has(entry.uuid)) ? [first] : [],',
        'first ? [first] : [],',
      ),
    ],
  },
  {
    area: 'Okta SDK',
    hazard: 'a user in scope is a row that cannot be read',
    test: [CHECK, 'counts a user whose row cannot be read as unknown, and checks the others'],
    takenOut: [
      change(
        'activities/mfa/listing.ts',
        '    ...unreadable.map((row) => toUnreadableUser(page, row)),\n',
        '',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'the members of an exemption group cannot be read',
    test: [CHECK, 'accuses nobody who may be exempt through a group that is not served (%s)'],
    only: 'accuses nobody who may be exempt through a group that is not served (E0000006)',
    takenOut: [
      change(
        'mfa/verdict.ts',
        "  if (doubt !== null) return { verdict: 'unknown', reason: doubt };\n",
        '',
      ),
    ],
  },
  {
    area: 'Elsewhere',
    hazard: 'another super administrator may be in a group that cannot be read',
    test: [
      'unit/activities/flows/super-admins.test.ts',
      'does not find that there is none if some could not be read',
    ],
    takenOut: [change('activities/flows/super-admins.ts', '    if (refusal) throw refusal;\n', '')],
  },
];
