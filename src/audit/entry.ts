import { canonicalJson, leafHash } from './canonical.ts';
import { AuditDraftError } from './errors.ts';
import type { AuditDraft, AuditEntry } from './types.ts';

/** `prevHash` of the first entry, and the head of an empty trail. */
export const EMPTY_HEAD = '0'.repeat(64);

/** Longest id that an entry may have; a unique index has to hold it. */
const LONGEST_ID = 2000;

/** What an entry's id is made of. */
export type AuditIdentity = Pick<AuditEntry, 'workflowId' | 'run' | 'kind' | 'subject' | 'sequence'>;

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

/** The id of an entry: its five parts, percent-encoded, joined by `/`, so that no two identities share one. */
export function entryId({ workflowId, run, kind, subject, sequence }: AuditIdentity): string {
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw new AuditDraftError(`sequence ${sequence} is no count`);
  const id = [workflowId, run, kind, subject].map(encodePart).concat(String(sequence)).join('/');
  if (id.length > LONGEST_ID) throw new AuditDraftError(`the id would be longer than ${LONGEST_ID} characters`);
  return id;
}

function encodePart(part: string): string {
  if (part === '' || part.includes('\0')) throw new AuditDraftError('empty or NUL in workflowId, run, kind or subject');
  if (!part.isWellFormed()) throw new AuditDraftError('lone surrogate in workflowId, run, kind or subject');
  return encodeURIComponent(part);
}

/** An entry with the exact text that is stored and verified. */
export interface SealedEntry {
  entry: AuditEntry;
  text: string;
}

/** Puts a draft with its sequence behind the entry whose hash is `prevHash`. */
export function sealEntry(draft: AuditDraft & { sequence: number }, prevHash: string): SealedEntry {
  const leafEntry = { ...listedFields(draft), id: entryId(draft), prevHash };
  const entry = { ...leafEntry, hash: leafHash(canonicalJson(leafEntry)) } as AuditEntry;
  return { entry, text: canonicalJson(entry) };
}

/** Canonical text of what an entry says: time and place in the chain apart. Equal texts under one id are a retry. */
export function contentOf(entry: AuditDraft & { sequence: number }): string {
  return canonicalJson({ ...listedFields(entry), at: undefined });
}

function listedFields(draft: AuditDraft): Partial<AuditDraft> {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, draft[name]]));
}
