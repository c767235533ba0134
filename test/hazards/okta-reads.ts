/** The hazards of reading Okta for enrichment and for the identity twin. */

import type { Change, Hazard } from './table.ts';

const change = (file: string, from: string, to: string): Change => ({
  file: `src/${file}`,
  from,
  to,
});

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
];
