import { z } from 'zod';
import { oktaId } from '../inputs.ts';
import type { OktaAssignee, OktaDomain, OktaLogEvent, OktaLogParty, OktaOrgSettings } from '../types-org.ts';
import { label, text } from './fields.ts';

const PEOPLE: readonly (string | null)[] = ['User', 'AppUser'];

// Names and other identifiers of a party may hold anything, a telephone number for one; of people the login is kept.
const party = z
  .object({ id: text, type: text, alternateId: text })
  .transform(({ id, type, alternateId }): OktaLogParty => ({
    id,
    type,
    login: PEOPLE.includes(type) ? alternateId : null,
  }));

// A reason is a code, or a sentence: sentences stay behind.
const reason = text.transform((value) => (value !== null && /^[A-Z][A-Z0-9_]{0,99}$/.test(value) ? value : null));
const client = z.object({ ipAddress: text, geographicalContext: z.object({ country: text }).nullish() });

const event = z
  .object({
    uuid: label,
    published: z.string(),
    eventType: z.string(),
    severity: text,
    outcome: z.object({ result: text, reason }).nullish(),
    actor: party.nullish(),
    target: z.array(party).nullish(),
    client: client.nullish(),
  })
  .transform(({ outcome, actor, target, client: from, ...rest }): OktaLogEvent => ({
    ...rest,
    outcome: outcome?.result ?? null,
    reason: outcome?.reason ?? null,
    actor: actor ?? null,
    targets: target ?? [],
    ipAddress: from?.ipAddress ?? null,
    country: from?.geographicalContext?.country ?? null,
  }));

const domain = z.object({ id: label, domain: text, certificateSourceType: text, validationStatus: text });
const assignees = z.object({
  value: z.array(z.object({ id: oktaId, orn: text })),
  _links: z.object({ next: z.object({ href: z.string() }).nullish() }).nullish(),
});
// Addresses and telephone numbers of the organisation stay behind.
const org = z.object({ id: label, companyName: text, subdomain: text, status: text, created: text, lastUpdated: text });

/** A page of the System Log. */
export const parseEvents = (json: unknown): OktaLogEvent[] => z.array(event).parse(json);
/** The organisation's domains. */
export const parseDomains = (json: unknown): OktaDomain[] => z.object({ domains: z.array(domain) }).parse(json).domains;
/** A page of administrators, and the next link of its body. */
export function parseAssignees(json: unknown): { items: OktaAssignee[]; link: string | null } {
  const { value, _links: links } = assignees.parse(json);
  return { items: value, link: links?.next?.href ?? null };
}
/** The organisation. */
export const parseOrg = (json: unknown): OktaOrgSettings => org.parse(json);
