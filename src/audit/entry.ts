/** Builds audit entries from drafts: identity, canonical text and hash. */

import { canonicalJson, canonicalMember, leafHash } from './canonical.ts';
import type { HashLeaf } from './canonical.ts';
import { AuditDraftError } from './errors.ts';
import type { AuditDraft, AuditEntry } from './types.ts';

/** `prevHash` of the first entry, and the head of an empty trail. */
export const EMPTY_HEAD = '0'.repeat(64);

/** Maximum length of an entry's id, so that it fits into a unique index. */
const MAX_ID_LENGTH = 2000;

/** The parts of an entry's id. */
type AuditIdentity = Pick<AuditEntry, 'workflowId' | 'run' | 'kind' | 'subject' | 'sequence'>;

/** The fields of a draft that become part of an entry. Others are ignored. */
const FIELDS = {
  workflowId: true,
  run: true,
  kind: true,
  subject: true,
  sequence: true,
  at: true,
  actor: true,
  surface: true,
  operation: true,
  risk: true,
  decision: true,
  argsDigest: true,
  args: true,
  target: true,
  outcome: true,
  correlation: true,
} as const satisfies Record<keyof AuditDraft, true>;
const FIELD_NAMES = Object.keys(FIELDS) as (keyof AuditDraft)[];

/**
 * The id of an entry: its five parts, percent-encoded and joined by `/`, so that different
 * identities have different ids.
 */
export function entryId({ sequence, ...series }: AuditIdentity): string {
  return idIn(seriesOf(series), sequence);
}

/** The common part of repeated entries: the id without its sequence. */
function seriesOf({ workflowId, run, kind, subject }: Omit<AuditIdentity, 'sequence'>): string {
  return [workflowId, run, kind, subject].map(encodePart).join('/');
}

function idIn(series: string, sequence: number): string {
  if (!Number.isSafeInteger(sequence) || sequence < 0)
    throw new AuditDraftError(`sequence ${sequence} is not a whole number from 0`);
  const id = `${series}/${sequence}`;
  if (id.length > MAX_ID_LENGTH)
    throw new AuditDraftError(`the id would be longer than ${MAX_ID_LENGTH} characters`);
  return id;
}

function encodePart(part: string): string {
  if (part === '' || part.includes('\0'))
    throw new AuditDraftError('empty or NUL in workflowId, run, kind or subject');
  if (!part.isWellFormed())
    throw new AuditDraftError('lone surrogate in workflowId, run, kind or subject');
  return encodeURIComponent(part);
}

/** A draft with its canonical texts, computed once. Later changes to the draft have no effect. */
export interface PreparedEntry {
  /** The id without its sequence. */
  series: string;
  identity: Omit<AuditIdentity, 'sequence'>;
  at: string;
  /** If absent, the store uses the next free one. */
  sequence: number | undefined;
  /**
   * Canonical texts of the members by name, without those that depend on the position in the chain.
   */
  members: ReadonlyMap<string, string>;
}

/** Checks that a draft has an identity and a canonical form. Throws AuditDraftError. */
export function prepareEntry(draft: AuditDraft): PreparedEntry {
  const { workflowId, run, kind, subject, at, sequence } = draft;
  const series = seriesOf(draft);
  idIn(series, sequence ?? 0);
  const members = new Map<string, string>();
  for (const name of FIELD_NAMES) {
    const text = name === 'sequence' ? null : canonicalMember(name, draft[name]);
    if (text !== null) members.set(name, text);
  }
  return { series, identity: { workflowId, run, kind, subject }, at, sequence, members };
}

/** The id of a prepared entry with this sequence. */
export function idAt({ series }: PreparedEntry, sequence: number): string {
  return idIn(series, sequence);
}

/** All member names of an entry, in canonical order. */
const ORDER = [...FIELD_NAMES, 'id', 'prevHash', 'hash'].sort();
const CONTENT_ORDER = ORDER.filter((name) => !['at', 'id', 'prevHash', 'hash'].includes(name));

/** The members that depend on the position in the chain; the hash is absent until it is known. */
interface Place {
  sequence: number;
  id?: string;
  prevHash?: string;
  hash?: string;
}

function textOf({ members }: PreparedEntry, order: readonly string[], place: Place): string {
  const placed = place as Place & Record<string, string | number | undefined>;
  const texts: string[] = [];
  for (const name of order) {
    const text = members.get(name);
    if (text !== undefined) texts.push(text);
    // Numbers, hashes and percent-encoded ids need no escapes.
    else if (placed[name] !== undefined) texts.push(`"${name}":${JSON.stringify(placed[name])}`);
  }
  return `{${texts.join(',')}}`;
}

/** An entry at its position in the chain, with the exact text that is stored and verified. */
export interface PlacedEntry {
  id: string;
  hash: string;
  text: string;
}

/** Appends a prepared entry after the entry whose hash is `prevHash`. */
export function placeEntry(
  prepared: PreparedEntry,
  { sequence, prevHash }: { sequence: number; prevHash: string },
  hashLeaf: HashLeaf = leafHash,
): PlacedEntry {
  const id = idIn(prepared.series, sequence);
  const hash = hashLeaf(textOf(prepared, ORDER, { sequence, id, prevHash }));
  return { id, hash, text: textOf(prepared, ORDER, { sequence, id, prevHash, hash }) };
}

/** `contentOf` for a prepared entry with this sequence. */
export function contentAt(prepared: PreparedEntry, sequence: number): string {
  return textOf(prepared, CONTENT_ORDER, { sequence });
}

/** An entry with the exact text that is stored and verified. */
interface SealedEntry {
  entry: AuditEntry;
  text: string;
}

/** Appends a draft after the entry whose hash is `prevHash`. */
export function sealEntry(draft: AuditDraft & { sequence: number }, prevHash: string): SealedEntry {
  const { id, hash, text } = placeEntry(prepareEntry(draft), {
    sequence: draft.sequence,
    prevHash,
  });
  return { entry: { ...fieldsOf(draft), id, prevHash, hash } as AuditEntry, text };
}

/**
 * Canonical text of an entry without its time and its position in the chain. Equal texts with one
 * id are a retry.
 */
export function contentOf(entry: AuditDraft & { sequence: number }): string {
  return canonicalJson({ ...fieldsOf(entry), at: undefined });
}

function fieldsOf(draft: AuditDraft): Partial<AuditDraft> {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, draft[name]]));
}
