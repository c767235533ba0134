import { canonicalJson, canonicalMember, leafHash } from './canonical.ts';
import type { HashLeaf } from './canonical.ts';
import { AuditDraftError } from './errors.ts';
import type { AuditDraft, AuditEntry } from './types.ts';

/** `prevHash` of the first entry, and the head of an empty trail. */
export const EMPTY_HEAD = '0'.repeat(64);

/** Longest id that an entry may have; a unique index has to hold it. */
const MAX_ID_LENGTH = 2000;

/** What an entry's id is made of. */
export type AuditIdentity = Pick<
  AuditEntry,
  'workflowId' | 'run' | 'kind' | 'subject' | 'sequence'
>;

/** The fields of a draft that stand in an entry; anything else a caller attaches is left out. */
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
 * The id of an entry: its five parts, percent-encoded, joined by `/`, so that no two identities
 * share one.
 */
export function entryId({ sequence, ...series }: AuditIdentity): string {
  return idIn(seriesOf(series), sequence);
}

/** What repeated entries have in common: the id without its sequence. */
function seriesOf({ workflowId, run, kind, subject }: Omit<AuditIdentity, 'sequence'>): string {
  return [workflowId, run, kind, subject].map(encodePart).join('/');
}

function idIn(series: string, sequence: number): string {
  if (!Number.isSafeInteger(sequence) || sequence < 0)
    throw new AuditDraftError(`sequence ${sequence} is no count`);
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

/**
 * A draft as it goes into the trail, put into words once; what happens to the draft afterwards does
 * not reach it.
 */
export interface PreparedEntry {
  /** The id without its sequence. */
  series: string;
  identity: Omit<AuditIdentity, 'sequence'>;
  at: string;
  /** Absent: the store takes the next free one. */
  sequence: number | undefined;
  /**
   * Canonical texts of its members by name, without those that depend on the place in the chain.
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

/** The id of a prepared entry that has its sequence. */
export function idAt({ series }: PreparedEntry, sequence: number): string {
  return idIn(series, sequence);
}

/** Every name that an entry may have, in canonical order. */
const ORDER = [...FIELD_NAMES, 'id', 'prevHash', 'hash'].sort();
const CONTENT_ORDER = ORDER.filter((name) => !['at', 'id', 'prevHash', 'hash'].includes(name));

/** The parts that the place in the chain adds, and the hash once it is known. */
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

/** An entry at its place, with the exact text that is stored and verified. */
export interface PlacedEntry {
  id: string;
  hash: string;
  text: string;
}

/** Puts a prepared entry with its sequence behind the entry whose hash is `prevHash`. */
export function placeEntry(
  prepared: PreparedEntry,
  { sequence, prevHash }: { sequence: number; prevHash: string },
  hashLeaf: HashLeaf = leafHash,
): PlacedEntry {
  const id = idIn(prepared.series, sequence);
  const hash = hashLeaf(textOf(prepared, ORDER, { sequence, id, prevHash }));
  return { id, hash, text: textOf(prepared, ORDER, { sequence, id, prevHash, hash }) };
}

/** `contentOf` of a prepared entry with its sequence. */
export function contentAt(prepared: PreparedEntry, sequence: number): string {
  return textOf(prepared, CONTENT_ORDER, { sequence });
}

/** An entry with the exact text that is stored and verified. */
export interface SealedEntry {
  entry: AuditEntry;
  text: string;
}

/** Puts a draft with its sequence behind the entry whose hash is `prevHash`. */
export function sealEntry(draft: AuditDraft & { sequence: number }, prevHash: string): SealedEntry {
  const { id, hash, text } = placeEntry(prepareEntry(draft), {
    sequence: draft.sequence,
    prevHash,
  });
  return { entry: { ...fieldsOf(draft), id, prevHash, hash } as AuditEntry, text };
}

/**
 * Canonical text of what an entry says: time and place in the chain apart. Equal texts under one id
 * are a retry.
 */
export function contentOf(entry: AuditDraft & { sequence: number }): string {
  return canonicalJson({ ...fieldsOf(entry), at: undefined });
}

function fieldsOf(draft: AuditDraft): Partial<AuditDraft> {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, draft[name]]));
}
