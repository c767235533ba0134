import type { EntryParty, LogEntry, TogetherBy } from './types.ts';

/** What an entry is counted or matched under; empty where it names nothing of the kind. */
export function keysOf(entry: LogEntry, by: TogetherBy): string[] {
  switch (by) {
    case 'actor':
      return partyKeys([entry.actor]);
    case 'target':
      return partyKeys(entry.targets);
    case 'person': {
      const people = partyKeys(entry.targets.filter(({ type }) => type === 'User'));
      return people.length > 0 ? people : partyKeys([entry.actor]);
    }
    case 'ip':
      return entry.ipAddress === null ? [] : [`ip ${entry.ipAddress}`];
  }
}

/** As `keysOf`, of several kinds: actors, targets and people are compared with each other. */
export const keysOfAny = (entry: LogEntry, by: readonly TogetherBy[]): string[] => [
  ...new Set(by.flatMap((kind) => keysOf(entry, kind))),
];

const partyKeys = (parties: readonly (EntryParty | null)[]): string[] => [
  ...new Set(parties.flatMap((party) => (party && nameOf(party)) ?? [])),
];

// Okta writes "unknown" where it does not know who it was.
const valueOrNull = (text: string | null): string | null => (text === 'unknown' ? null : text);
const nameOf = ({ id, login }: EntryParty): string | null => valueOrNull(id) ?? valueOrNull(login);
