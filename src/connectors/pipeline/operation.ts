/** The types of the rows that describe a vendor's operations. */

import type { z } from 'zod';
import type { JsonObject } from '../../audit/types.ts';
import type { HttpResponse } from '../transport/http.ts';
import type { OperationTable } from '../types.ts';

/** The catalogue's request for an operation, and the values of its placeholders. */
export interface Route {
  method: string;
  /** Path as in the catalogue, such as `/api/v1/users/{userId}`. */
  path: string;
  params: Readonly<Record<string, string>>;
}

/**
 * The input of a projection: the parsed body (undefined if the response had none), the response,
 * and the input of the call.
 */
export interface ProjectionInput<Input> {
  json: unknown;
  response: HttpResponse;
  input: Input;
}

/** One operation of a vendor: everything that the pipeline needs to know about it. */
export interface OperationRow<Input, Output, Handle> {
  /**
   * Changes something at the vendor: its intent is audited first, and a lost response is ambiguous.
   */
  write: boolean;
  input: z.ZodType<Input>;
  route(input: Input): Route;
  /**
   * True for a refusal that means the requested state already exists; it is then read as a success.
   */
  alreadyDone?(answered: ProjectionInput<Input>): boolean;
  /**
   * Has the vendor's client build and send the request. Its result is ignored; the response itself
   * is read.
   */
  send(handle: Handle, input: Input): Promise<unknown>;
  /** Returns named fields of the response; throws (anything) if it is malformed. */
  project(answered: ProjectionInput<Input>): Output;
  /** The arguments as recorded in the audit trail: ids, labels and shapes. */
  redact(input: Input): JsonObject;
  /** The part of the result that is recorded if the caller records nothing itself. */
  evidence?(output: Output): JsonObject;
}

/** The operations that a table names, without its index signature. */
export type Named<Table extends OperationTable> = {
  [Name in keyof Table as string extends Name ? never : Name]: Table[Name];
};

/** A vendor's rows, one for each operation in its table of types. */
export type OperationRows<Table extends OperationTable, Handle> = {
  readonly [Name in keyof Named<Table>]: OperationRow<
    Named<Table>[Name]['input'],
    Named<Table>[Name]['output'],
    Handle
  >;
};

/** The row of any operation, as used by the pipeline. */
export type AnyRow<Handle> = OperationRow<never, unknown, Handle>;
