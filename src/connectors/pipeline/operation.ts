import type { z } from 'zod';
import type { JsonObject } from '../../audit/types.ts';
import type { Answer } from '../transport/http.ts';
import type { OperationTable } from '../types.ts';

/**
 * Which of the catalogue's forms of the operation is meant, and what stands in its placeholders.
 */
export interface Route {
  method: string;
  /** Path as the catalogue writes it, such as `/api/v1/users/{userId}`. */
  path: string;
  params: Readonly<Record<string, string>>;
}

/**
 * What a projection looks at: the parsed body (undefined where the answer had none), the answer and
 * what was asked.
 */
export interface Answered<Input> {
  json: unknown;
  answer: Answer;
  input: Input;
}

/** One operation of a vendor that has a client: everything the pipeline needs to know of it. */
export interface OperationRow<Input, Output, Handle> {
  /**
   * Changes something at the vendor: its intent is audited first, and a lost answer is ambiguous.
   */
  write: boolean;
  input: z.ZodType<Input>;
  route(input: Input): Route;
  /**
   * True for an answer that refuses only because all is as asked for already; it is then read as a
   * success.
   */
  settled?(answered: Pick<Answered<Input>, 'json' | 'answer'>): boolean;
  /**
   * Lets the vendor's client build and send the request; its result is passed over, the answer
   * itself is read.
   */
  send(handle: Handle, input: Input): Promise<unknown>;
  /** Named fields of the answer; throws (anything) where the answer does not have its form. */
  project(answered: Answered<Input>): Output;
  /** The arguments as the trail keeps them: ids, labels and shapes. */
  redact(input: Input): JsonObject;
  /** What the trail keeps of the result where the caller records nothing of its own. */
  evidence?(output: Output): JsonObject;
}

/** The operations a table names one by one, without its index signature. */
export type Named<Table extends OperationTable> = {
  [Name in keyof Table as string extends Name ? never : Name]: Table[Name];
};

/** A vendor's rows, one for each named operation of its table of types. */
export type OperationRows<Table extends OperationTable, Handle> = {
  readonly [Name in keyof Named<Table>]: OperationRow<
    Named<Table>[Name]['input'],
    Named<Table>[Name]['output'],
    Handle
  >;
};

/** A row of any operation, as the pipeline handles it. */
export type AnyRow<Handle> = OperationRow<never, unknown, Handle>;
