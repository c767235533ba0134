import { z } from 'zod';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';

/** An e-mail address without name, comment or quotes. */
const ADDRESS = new RegExp(
  String.raw`^(?=.{3,254}$)[A-Za-z0-9._%+'&~=/-]{1,64}@${LABEL}(?:\.${LABEL})*$`,
);

/** A message. Neither the addresses nor the subject can contain the start of another header. */
export const messageInput = z.strictObject({
  to: z.array(z.string().regex(ADDRESS)).min(1).max(20),
  // No control characters, and neither of the two other characters that end a line.
  subject: z.string().regex(/^[^\p{Cc}\u2028\u2029]{1,200}$/u),
  text: z.string().regex(/^(?:[^\p{Cc}]|[\t\n]){1,20000}$/u),
});

export type Message = z.output<typeof messageInput>;
