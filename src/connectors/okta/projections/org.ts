import { z } from 'zod';
import { oktaId } from '../inputs.ts';
import type { OktaAssignee, OktaDomain, OktaOrgSettings } from '../types-org.ts';
import { label, text } from './fields.ts';

const domain = z.object({
  id: label,
  domain: text,
  certificateSourceType: text,
  validationStatus: text,
});
const assignees = z.object({
  value: z.array(z.object({ id: oktaId, orn: text })),
  _links: z.object({ next: z.object({ href: z.string() }).nullish() }).nullish(),
});
// Addresses and phone numbers of the organisation are dropped.
const org = z.object({
  id: label,
  companyName: text,
  subdomain: text,
  status: text,
  created: text,
  lastUpdated: text,
});

/** The organisation's domains. */
export const parseDomains = (json: unknown): OktaDomain[] =>
  z.object({ domains: z.array(domain) }).parse(json).domains;
/** A page of administrators, and the next link in its body. */
export function parseAssignees(json: unknown): { items: OktaAssignee[]; link: string | null } {
  const { value, _links: links } = assignees.parse(json);
  return { items: value, link: links?.next?.href ?? null };
}
/** The organisation. */
export const parseOrg = (json: unknown): OktaOrgSettings => org.parse(json);
