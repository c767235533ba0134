import type { OperationTable } from '../types.ts';

/** Mail by SMTP. */
export interface EmailOperations extends OperationTable {
  /**
   * Plain text for one or more recipients; only the headers below come from the caller. `id` is the
   * Message-ID; `refused` is the number of recipients that the server refused while it accepted
   * others.
   */
  'email:send': {
    input: { to: readonly string[]; subject: string; text: string };
    output: { id: string; refused: number };
  };
}
