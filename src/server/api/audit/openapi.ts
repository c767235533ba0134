import {
  commonRefusals,
  errorResponse,
  inPath,
  json,
  listOf,
  object,
  orNull,
  queryParameters,
  ref,
  text,
  time,
} from '../openapi-parts.ts';
import { AUDIT_QUERY, EXPORT_QUERY } from './inputs.ts';

const index = { type: 'integer', minimum: 0 } as const;
const anything = { type: 'object' } as const;
const REFUSALS = commonRefusals('A query parameter is unknown, repeated or malformed.');
const entry = object(
  {
    index,
    id: text,
    at: time,
    kind: text,
    subject: text,
    run: text,
    actor: object({ principal: text, authenticatedBy: text }),
    surface: text,
    operation: text,
    outcome: anything,
    prevHash: text,
    hash: text,
  },
  ['operation', 'outcome'],
);

/** Schemas of the answers of the API of the audit trail, by name. */
export const AUDIT_SCHEMAS = {
  AuditEntries: object({
    schema: { const: 'arx.audit/v1' },
    entries: listOf(entry),
    items: listOf(entry),
    next: orNull('string'),
  }),
  AuditEntry: object({
    schema: { const: 'arx.audit-entry/v1' },
    index,
    entry: anything,
    canonical: text,
    hash: text,
    proof: { anyOf: [ref('AuditProof'), { type: 'null' }] },
  }),
  AuditProof: object({
    schema: { const: 'arx.proof/v1' },
    id: text,
    leafHash: text,
    index,
    size: index,
    hashes: listOf(text),
    checkpoint: text,
  }),
  AuditVerdict: object(
    {
      schema: { const: 'arx.verify/v1' },
      ok: { type: 'boolean' },
      entries: index,
      head: text,
      checkpoints: index,
      firstBad: object({ index, id: orNull('string'), reason: text }),
      newest: { anyOf: [object({ size: index, note: text }), { type: 'null' }] },
    },
    ['firstBad'],
  ),
};

/** The API of the audit trail. */
export const AUDIT_PATHS = {
  '/v1/audit': {
    get: {
      operationId: 'searchAudit',
      summary: 'Entries of the audit trail, newest first',
      parameters: queryParameters(AUDIT_QUERY),
      responses: {
        200: json(
          'The entries. One request searches a bounded part of the trail: a page may be short, even empty, although `next` names another one.',
          ref('AuditEntries'),
        ),
        ...REFUSALS,
      },
    },
  },
  '/v1/audit/verify': {
    get: {
      operationId: 'verifyAudit',
      summary: 'Recompute the hash chain and tree and compare them with the checkpoints',
      responses: { 200: json('The verdict.', ref('AuditVerdict')), ...REFUSALS },
    },
  },
  '/v1/audit/export': {
    get: {
      operationId: 'exportAudit',
      summary: 'All entries as stored, as OCSF events, or as CSV',
      parameters: queryParameters(EXPORT_QUERY),
      responses: {
        200: {
          description: 'The export, one entry per line.',
          content: { 'application/x-ndjson': { schema: text }, 'text/csv': { schema: text } },
        },
        ...REFUSALS,
      },
    },
  },
  '/v1/audit/{id}': {
    get: {
      operationId: 'showAuditEntry',
      summary: 'One entry with its canonical JSON, its hash and its proof',
      parameters: [inPath('id')],
      responses: {
        200: json('The entry; `proof` is null until a checkpoint covers it.', ref('AuditEntry')),
        ...REFUSALS,
        404: errorResponse('There is no such entry.'),
        409: errorResponse('The entry is not the one that was signed: the trail is broken.'),
      },
    },
  },
} as const;
