/** A request as those who decide see it: the same facts on every surface. */

import type { AuditDraft, Json, JsonObject } from '../audit/types.ts';
import { effectOf } from './effects.ts';

/** Names for those who decide. They are personal: kept in the store, and removed with the request. */
export interface RequestAbout {
  /** The account that the call affects; null if there is none, or if it could not be read. */
  person: {
    /** The product of the account; absent for Okta. */
    product?: 'entra' | 'google' | 'salesforce';
    id: string;
    login: string;
    name: string | null;
    department: string | null;
    title: string | null;
    status: string;
    /** ISO 8601; null: never, or not known outside of Okta. */
    lastLogin: string | null;
    /**
     * Names of administrator roles, each with the group through which it is held; null if they could
     * not be read.
     */
    roles: string[] | null;
  } | null;
  /** Login or name by the id of a user, group or app; of an account also by what the request names. */
  names: Record<string, string>;
}

/** The parts of a stored request that are shown. */
interface StoredRequest {
  connector: string;
  operation: string;
  risk: string;
  args: JsonObject;
  principal: string;
  authenticatedBy: AuditDraft['actor']['authenticatedBy'];
  surface: AuditDraft['surface'];
  requesterId: string | null;
  onBehalfOf: string | null;
  reason: string;
  target: { kind: string; id: string } | null;
  targetFacts: JsonObject | null;
  about?: RequestAbout;
}

/** One argument that the digest covers. */
export interface ShownArgument {
  name: string;
  /** On one line; cut if it is long. */
  value: string;
  /** Name of the user, group or app with this id; null if it is no id, or was not readable. */
  label: string | null;
  /** Whether the value is hidden because it is a secret. */
  redacted: boolean;
}

const MAX_TEXT = 500;
const SECRET = /password|secret|token|credential|answer|api_?key/i;
// Control characters, line and paragraph separators, zero-width characters, and marks that reorder
// text.
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** Text from outside on one line, without control characters; cut after 500 characters. */
export function oneLine(text: string): string {
  const line = text.replace(UNSAFE, ' ').replace(/ {2,}/g, ' ').trim();
  const characters = [...line];
  return characters.length <= MAX_TEXT ? line : `${characters.slice(0, MAX_TEXT).join('')}…`;
}

/** All arguments of a request, nested ones by their path. */
export function argumentsOf({ args, about }: Pick<StoredRequest, 'args' | 'about'>) {
  return Object.entries(args).flatMap(([name, value]) => viewsOf(name, value, about?.names ?? {}));
}

function viewsOf(
  name: string,
  value: Json,
  names: Readonly<Record<string, string>>,
): ShownArgument[] {
  if (SECRET.test(name)) return [{ name, value: '(redacted)', label: null, redacted: true }];
  if (isObject(value))
    return Object.entries(value).flatMap(([key, inner]) => viewsOf(`${name}.${key}`, inner, names));
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  const label = typeof value === 'string' && Object.hasOwn(names, value) ? names[value] : undefined;
  return [{ name, value: text, label: label === value ? null : (label ?? null), redacted: false }];
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length > 0;

const PROOFS: Readonly<Record<StoredRequest['authenticatedBy'], string>> = {
  key: 'proven by access key',
  cli: 'not authenticated',
  slack: 'proven by Slack',
  console: 'signed in',
  worker: 'arx itself',
  none: 'not authenticated',
};

/** A request as `arx.approval/v1` shows it. Names are personal data: they are shown, and not kept. */
export interface ShownRequest {
  connector: string;
  operation: string;
  risk: string;
  target: StoredRequest['target'];
  requester: string;
  requesterId: string | null;
  /** How the requester was authenticated, and through which surface the request came. */
  requesterProof: StoredRequest['authenticatedBy'];
  requesterSurface: StoredRequest['surface'];
  onBehalfOf: string | null;
  reason: string;
  /** The account that the call affects, as of when the request was opened. */
  person: RequestAbout['person'];
  /** Login or name by the id of a user, group or app in the request. */
  names: Record<string, string>;
  /** Every argument that `argsDigest` covers. */
  arguments: ShownArgument[];
  /** What the operation does and cannot undo. */
  effect: string;
  /** Names of the attributes that the call would remove from its target without naming them. */
  removes: string[];
}

/** What those who decide are shown of a request. */
export const viewOf = (record: StoredRequest): ShownRequest => ({
  connector: record.connector,
  operation: record.operation,
  risk: record.risk,
  target: record.target,
  requester: record.principal,
  requesterId: record.requesterId,
  requesterProof: record.authenticatedBy,
  requesterSurface: record.surface,
  onBehalfOf: record.onBehalfOf,
  reason: record.reason,
  person: record.about?.person ?? null,
  names: record.about?.names ?? {},
  arguments: argumentsOf(record),
  effect: effectOf(record.connector, record.operation),
  removes: lossOf(record),
});

function lossOf({ targetFacts }: StoredRequest): string[] {
  const removes = targetFacts?.['removes'];
  return Array.isArray(removes) ? removes.map(String) : [];
}

/** Whom and what a request is about, as pairs of a title and a text on one line. */
export function requestLines(request: ShownRequest): [title: string, text: string][] {
  const { connector, operation, risk, target, names, reason, requester, onBehalfOf } = request;
  const { requesterProof, requesterSurface, requesterId, person, effect } = request;
  const nameOf = (id: string): string =>
    Object.hasOwn(names, id) && names[id] !== id ? `${names[id]} (${id})` : id;
  const known = requesterId === null ? '' : ` = ${nameOf(requesterId)}`;
  const lines: [string, string][] = [
    ['operation', `${connector}:${operation} (${risk})`],
    ['effect', effect],
    ['target', target ? `${target.kind} ${nameOf(target.id)}` : ''],
    ['person', person ? personText(person) : ''],
    ...request.arguments.map(({ name, value, label }): [string, string] => [
      'argument',
      `${name} = ${value}${label === null ? '' : ` (${label})`}`,
    ]),
    ['removes', request.removes.join(', ')],
    ['requester', `${requester}${known}; ${PROOFS[requesterProof]}, through ${requesterSurface}`],
    ['on behalf of', onBehalfOf === null ? '' : nameOf(onBehalfOf)],
    ['their reason', reason],
  ];
  return lines
    .map(([title, text]): [string, string] => [title, oneLine(text)])
    .filter(([, text]) => text !== '');
}

/** The target of a request by its name, if that is known. */
export const targetName = ({ target, person, names }: ShownRequest): string => {
  if (target === null) return '';
  const own = Object.hasOwn(names, target.id) ? names[target.id] : undefined;
  const isPerson = person !== null && person.login === own && person.name !== null;
  return oneLine((isPerson ? person.name : own) ?? target.id);
};

function personText({
  product,
  login,
  name,
  department,
  title,
  status,
  lastLogin,
  roles,
}: NonNullable<RequestAbout['person']>): string {
  return [
    name === null ? login : `${name} <${login}>`,
    title ?? '',
    department === null ? '' : `department ${department}`,
    `status ${status}`,
    product === undefined ? `last sign-in ${lastLogin ?? 'never'}` : `account of ${product}`,
    rolesText(roles),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function rolesText(roles: readonly string[] | null): string {
  if (roles === null) return 'administrator roles unknown';
  return roles.length === 0 ? 'no administrator role' : `ADMINISTRATOR: ${roles.join(', ')}`;
}
