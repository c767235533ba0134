import { z } from 'zod';
import { messageInput } from './inputs.ts';
import type { OperationRows } from '../pipeline/operation.ts';
import type { EmailHandle } from './client.ts';
import type { EmailOperations } from './types.ts';

const sent = z.object({ id: z.string(), refused: z.int() });

/** The only operation of mail. */
export const EMAIL_ROWS: OperationRows<EmailOperations, EmailHandle> = {
  'email:send': {
    write: true,
    input: messageInput,
    route: () => ({ method: 'POST', path: '/', params: {} }),
    send: async ({ send }, { to, subject, text }) => send({ to: [...to], subject, text }),
    project: ({ json }) => sent.parse(json),
    redact: ({ to, text }) => ({ recipients: to.length, characters: text.length }),
    evidence: ({ id, refused }) => ({ id, refused }),
  },
};
