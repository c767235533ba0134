import { z } from 'zod';
import type { JsonObject } from '../../audit/types.ts';

const channelId = z.string().regex(/^[A-Z][A-Z0-9_]{1,40}$/);
// By id, or by name; Slack returns the id. Angle brackets are refused, because they are markup
// elsewhere.
const channel = z.union([channelId, z.string().regex(/^#?[^\s#@"'<>\p{Cc}]{1,80}$/u)]);
const ts = z.string().regex(/^\d{1,12}\.\d{1,6}$/);
const cursor = z
  .string()
  .regex(/^\P{Cc}{1,1000}$/u)
  .nullish();
const json = z.record(z.string(), z.json()).transform((value) => value as JsonObject);

// Slack's limits: 50 blocks, and texts of 40,000 characters.
const content = {
  text: z.string().min(1).max(40_000),
  blocks: z.array(json).max(50),
  metadata: z.strictObject({ eventType: z.string().regex(/^[\w.-]{1,100}$/), payload: json }),
};

export const writeInput = z.strictObject({ channel, threadTs: ts.nullish(), ...content });
export const updateInput = z.strictObject({ channel, ts, ...content });
export const historyInput = z.strictObject({
  channel,
  oldest: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,6})?$/)
    .optional(),
  threadTs: ts.optional(),
  cursor,
  limit: z.int().min(1).max(200).optional(),
});
export const membersInput = z.strictObject({ channel: channelId, cursor });
export const channelInput = z.strictObject({ channel });
export const lookupInput = z.union([
  z.strictObject({ email: z.string().regex(/^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,255}$/u) }),
  z.strictObject({ user: z.string().regex(/^[UW][A-Z0-9]{1,40}$/) }),
]);
export const noInput = z.strictObject({});

/** True for `C012AB3CD`, false for a name. */
export const isChannelId = (text: string): boolean => channelId.safeParse(text).success;
/** A channel's name without the leading #. */
export const bareName = (text: string): string => text.replace(/^#/, '');
