import type { OperationTable } from '../types.ts';

/** Mail by SMTP. */
export interface EmailOperations extends OperationTable {
  /**
   * Plain text, one recipient or several; no header is taken from outside but these. `id` is the
   * Message-ID; `refused` counts the recipients that the server did not take, while it took others.
   */
  'email:send': {
    input: { to: readonly string[]; subject: string; text: string };
    output: { id: string; refused: number };
  };
}
