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
const assignee = z.object({ id: oktaId, orn: text });
const assignees = z.object({
  value: z.array(z.unknown()),
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
/** Reads an administrator; throws if the row is not one. */
export const parseAssignee = (json: unknown): OktaAssignee => assignee.parse(json);
/** The rows of a page of administrators, and the next link in its body. */
export function parseAssignees(json: unknown): { rows: unknown[]; link: string | null } {
  const { value, _links: links } = assignees.parse(json);
  return { rows: value, link: links?.next?.href ?? null };
}
/** The organisation. */
export const parseOrg = (json: unknown): OktaOrgSettings => org.parse(json);
