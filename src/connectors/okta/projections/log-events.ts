/** Reads entries of the System Log. */

import { z } from 'zod';
import type { LogEntry, EntryParty } from '../../../twin/events/types.ts';
import { label, text } from './fields.ts';

const PEOPLE: readonly (string | null)[] = ['User', 'AppUser'];
const APPS: readonly (string | null)[] = ['AppInstance', 'PublicClientApp'];
const IDP = /^(identity ?provider|idp)$/i;

const party = z.object({ id: text, type: text, alternateId: text, displayName: text.catch(null) });
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
    uuid: label,
    published: z.string(),
    eventType: z.string(),
    severity: text,
    outcome: z.object({ result: text, reason }).nullish(),
    actor: party.nullish(),
    target: z.array(party).nullish(),
    client: z
      .object({ ipAddress: text, geographicalContext: z.object({ country: text }).nullish() })
      .nullish(),
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
    const targets = rest.target ?? [];
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

/** Reads a page of the System Log; invalid entries are skipped and counted. */
export function parseEvents(json: unknown): { items: LogEntry[]; malformed: number } {
  const parsed = z
    .array(z.unknown())
    .parse(json)
    .map((entry) => event.safeParse(entry));
  const items = parsed.flatMap((one) => (one.success ? [one.data] : []));
  return { items, malformed: parsed.length - items.length };
}
