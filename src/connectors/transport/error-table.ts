/** Tables of the errors that vendors publish, and how a response is looked up in them. */

import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import { cleanWords } from './vendor-words.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from './failure.ts';
import type { HttpResponse } from './http.ts';

/** What one code of a vendor means. */
export interface ErrorRow {
  vendorCode: string;
  /** The statuses with which the vendor sends the code. */
  status: readonly number[];
  /** Selects the row by the vendor's words, if the code has several meanings. */
  said?: RegExp;
  /** Selects the row by the operation. */
  operation?: RegExp;
  code: ConnectorErrorCode;
  /** Lasting: every further try ends the same way, until somebody changes something. */
  lasts: 'lasting' | 'passing';
  /** What happened, in the words of arx. */
  message?: string;
  /** What to do about it. */
  remedy?: string;
  /** Whether a write may have been accepted all the same; default by the kind of failure. */
  ambiguous?: boolean;
}

/** The rows of one vendor; the first that matches applies. */
export interface ErrorTable {
  vendor: string;
  rows: readonly ErrorRow[];
  /** What a status means without a row. */
  byStatus: Readonly<Record<number, ConnectorErrorCode>>;
}

/** What the vendor's own error body contains. */
export interface OwnError {
  /** Null if the body is the vendor's, but has no usable code. */
  vendorCode: string | null;
  /** What the vendor said, cleaned by `cleanWords`. */
  words: string | null;
  /** The name of the field that it is about. */
  field: string | null;
  /** The uncleaned words, to select a row by them only. */
  said: string;
}

interface Refused {
  response: HttpResponse;
  operation: string;
  /** Null for a body that is not the vendor's: a page of a proxy, or nothing. */
  own: OwnError | null;
}

/** Statuses that mean by their definition that the same request may succeed later. */
const PASSING_5XX: readonly number[] = [502, 503, 504];

/** The meaning of a response that is not a success. */
export function refusalBy(table: ErrorTable, { response, operation, own }: Refused): Refusal {
  const row = own && rowFor(table, { status: response.status, operation, own });
  const code = row?.code ?? codeOfStatus(table, response.status, own);
  const meaning = row ?? withoutRow(table, { status: response.status, code, own });
  return {
    code,
    vendorCode: own?.vendorCode ?? null,
    vendorMessage: own?.words ?? null,
    vendorField: own?.field ?? null,
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
    ...meaning,
  };
}

function rowFor(
  { rows }: ErrorTable,
  { status, operation, own }: { status: number; operation: string; own: OwnError },
): Pick<Refusal, 'lasts' | 'message' | 'remedy' | 'ambiguous' | 'code'> | null {
  const row = rows.find(
    (one) =>
      one.vendorCode === own.vendorCode &&
      (one.said?.test(own.said) ?? true) &&
      (one.operation?.test(operation) ?? true) &&
      fits(one, status),
  );
  if (!row) return null;
  const { code, lasts, message, remedy, ambiguous } = row;
  return {
    code,
    lasts,
    ...(message !== undefined && { message }),
    ...(remedy !== undefined && { remedy }),
    ...(ambiguous !== undefined && { ambiguous }),
  };
}

/**
 * A code counts with a status of its own class only: bodies of 5xx answers contain all kinds of codes,
 * and 429 is unambiguous.
 */
const fits = ({ status: published }: ErrorRow, status: number): boolean =>
  published.includes(status) ||
  (status >= 400 && status < 500 && status !== 429 && published.some((one) => one < 500));

function withoutRow(
  { vendor }: ErrorTable,
  { status, code, own }: { status: number; code: ConnectorErrorCode; own: OwnError | null },
): Pick<Refusal, 'lasts' | 'message'> {
  if (status >= 500)
    return PASSING_5XX.includes(status)
      ? { lasts: 'passing' }
      : {
          lasts: 'unknown',
          message: `${vendor} answered ${status}, which does not tell what happened`,
        };
  // A state of the target is often reported as 403 as well.
  if (code === 'forbidden' && own !== null)
    return {
      message: `${vendor} refused this, by a rule of its own or because the credential lacks a permission`,
    };
  return {};
}

function codeOfStatus(
  { byStatus }: ErrorTable,
  status: number,
  own: OwnError | null,
): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  // Neither a success nor an error of an API; and a 404 page of a proxy says nothing about an object.
  if (status < 400 || (status === 404 && own === null)) return 'malformed';
  return byStatus[status] ?? BY_STATUS[status] ?? 'invalid';
}

/** A name of a field as vendors write it; anything else could be text. */
export const fieldName = (text: unknown): string | null =>
  typeof text === 'string' && /^[A-Za-z@][\w.]{0,63}$/.test(text) && cleanWords([text]) === text
    ? text
    : null;
