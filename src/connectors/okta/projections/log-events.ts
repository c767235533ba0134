/** Reads entries of the System Log. */

import { z } from 'zod';
import type { LogEntry, EntryParty } from '../../../twin/events/types.ts';
import { label, text } from './fields.ts';

const PEOPLE: readonly (string | null)[] = ['User', 'AppUser'];
const APPS: readonly (string | null)[] = ['AppInstance', 'PublicClientApp'];
const IDP = /^(identity ?provider|idp)$/i;

// Okta writes some ids as numbers. Names of unusual forms are dropped, ids are not.
const idText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? null : String(value)));
const party = z.object({
  id: idText,
  type: text.catch(null),
  alternateId: idText.catch(null),
  displayName: text.catch(null),
});
type Party = z.output<typeof party>;

// Names and other identifiers of a party may contain anything, such as a phone number; for users
// only the login is kept.
const partyOf = ({ id, type, alternateId }: Party): EntryParty => ({
  id,
  type,
  login: PEOPLE.includes(type) ? alternateId : null,
});
const namesOf = (parties: readonly Party[]): string[] =>
  unique(parties.flatMap((one) => [one.displayName, one.alternateId]));
const unique = (texts: readonly (string | null | undefined)[]): string[] =>
  [
    ...new Set(texts.filter((one) => typeof one === 'string' && one !== '' && one.length <= 200)),
  ] as string[];

const CODE = /^([A-Z][A-Z0-9_]{0,99}|[a-z]+(_[a-z]+)*)$/;
const WORD = /^[\p{L}'’-]{1,20}[.,:;!?]?$/u;
const MAX_WORDS = 30;

// A reason is a code or a sentence. Of a sentence only plain words are kept, without numbers,
// addresses or keys.
const reason = text.transform((value) => {
  if (value === null || (CODE.test(value) && value.length <= 100)) return value;
  const words = value.split(/\s+/).slice(0, MAX_WORDS);
  return words.map((one) => (WORD.test(one) ? one : '…')).join(' ');
});

const BEHAVIOR = /^\p{L}[\p{L}\d _-]{0,59}$/u;

// Okta writes behaviours as {New Device=POSITIVE, Velocity=NEGATIVE}, as a mapping, or as JSON
// inside logOnlySecurityData.
function positiveBehaviors(
  debugData: { behaviors?: unknown; logOnlySecurityData?: unknown } | null | undefined,
): string[] {
  const { behaviors, logOnlySecurityData } = debugData ?? {};
  const found = [...pairsOf(behaviors), ...pairsOf(behaviorsIn(logOnlySecurityData))];
  return unique(
    found.flatMap(([name, value]) => (value === 'POSITIVE' && BEHAVIOR.test(name) ? [name] : [])),
  );
}

function pairsOf(behaviors: unknown): [name: string, value: unknown][] {
  if (typeof behaviors === 'object' && behaviors !== null) return Object.entries(behaviors);
  if (typeof behaviors !== 'string') return [];
  const pairs = behaviors
    .replace(/^\{|\}$/g, '')
    .split(',')
    .slice(0, 100);
  return pairs.map((pair) => {
    const [name = '', value] = pair.split('=');
    return [name.trim(), value?.trim()];
  });
}

function behaviorsIn(data: unknown): unknown {
  if (typeof data !== 'string') return null;
  try {
    return (JSON.parse(data) as { behaviors?: unknown } | null)?.behaviors;
  } catch {
    return null;
  }
}

const event = z
  .object({
    uuid: z.union([label, z.number().transform(String)]),
    published: z
      .string()
      .refine((at) => /^\d{4}-\d{2}-\d{2}T/.test(at) && !Number.isNaN(Date.parse(at))),
    eventType: z.string().min(1),
    severity: text.catch(null),
    outcome: z.object({ result: text, reason }).nullish(),
    actor: party.nullish(),
    target: z
      .array(party.nullable())
      .nullish()
      .transform((targets) => targets?.filter((one) => one !== null) ?? []),
    client: z
      .object({
        ipAddress: text.catch(null),
        geographicalContext: z.object({ country: text }).nullish().catch(null),
      })
      .nullish()
      .catch(null),
    securityContext: z.object({ isProxy: z.boolean().nullish() }).nullish().catch(null),
    authenticationContext: z
      .object({ issuer: z.object({ id: text }).nullish() })
      .nullish()
      .catch(null),
    debugContext: z
      .object({
        debugData: z
          .object({
            behaviors: z.unknown().optional(),
            logOnlySecurityData: z.unknown().optional(),
          })
          .nullish(),
      })
      .nullish()
      .catch(null),
  })
  .transform(({ uuid, published, eventType, severity, ...rest }): LogEntry => {
    const { outcome, actor, client } = rest;
    const targets = rest.target;
    const providers = [...(actor ? [actor] : []), ...targets].filter(({ type }) =>
      IDP.test(type ?? ''),
    );
    return {
      uuid,
      published,
      eventType,
      severity,
      outcome: outcome?.result ?? null,
      reason: outcome?.reason ?? null,
      actor: actor ? partyOf(actor) : null,
      targets: targets.map(partyOf),
      ipAddress: client?.ipAddress ?? null,
      country: client?.geographicalContext?.country ?? null,
      isProxy: rest.securityContext?.isProxy ?? null,
      behaviors: positiveBehaviors(rest.debugContext?.debugData),
      apps: namesOf(targets.filter(({ type }) => APPS.includes(type))),
      idps: unique([
        rest.authenticationContext?.issuer?.id,
        ...providers.flatMap(({ id, displayName, alternateId }) => [id, displayName, alternateId]),
      ]),
    };
  });

const uuidIn = (entry: unknown): string | undefined =>
  z.object({ uuid: z.string().regex(/^[\w-]{1,64}$/) }).safeParse(entry).data?.uuid;

/**
 * Reads a page of the System Log. Entries that cannot be read are skipped; `unreadable` has their
 * uuids, or their places on the page, from 1.
 */
export function parseEvents(json: unknown): {
  items: LogEntry[];
  malformed: number;
  unreadable: string[];
} {
  const items: LogEntry[] = [];
  const unreadable: string[] = [];
  for (const [at, entry] of z.array(z.unknown()).parse(json).entries()) {
    const read = event.safeParse(entry);
    if (read.success) items.push(read.data);
    else unreadable.push(uuidIn(entry) ?? `entry ${at + 1}`);
  }
  return { items, malformed: unreadable.length, unreadable };
}
