import type { JsonObject } from '../../audit/types.ts';
import { escapeMrkdwn } from '../../connectors/slack/escape.ts';
import { cutText } from '../../mfa/cut-text.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';

/** The run and step that a notice is about. */
interface About {
  run: Pick<FlowRunRecord, 'run'>;
  step: string;
}

/** Slack's limit for the text of a section. */
const MOST_IN_SECTION = 3_000;

/** Turns the short parameters that flows use for notices into the inputs of the connectors. */
const SHORT_FORMS: Readonly<Record<string, (params: JsonObject, about: About) => JsonObject>> = {
  'slack:chat:write': ({ channel, text, ...rest }, { run, step }) => {
    const plain = {
      type: 'plain_text',
      text: cutText(String(text ?? ''), MOST_IN_SECTION),
      emoji: false,
    };
    const metadata = { eventType: 'arx_flow', payload: { run: run.run, step } };
    const content = {
      text: escapeMrkdwn(String(text ?? '')),
      blocks: [{ type: 'section', text: plain }],
    };
    return { channel: channel ?? null, ...content, metadata, ...rest };
  },
  'jira:issues:create': ({ description, ...rest }, { run }) => ({
    ...rest,
    description: typeof description === 'string' ? paragraphs(description) : (description ?? []),
    labels: ['arx-flow', `arx-run-${run.run}`],
  }),
  'email:email:send': ({ to, ...rest }) => ({
    ...rest,
    to: typeof to === 'string' ? addresses(to) : (to ?? []),
  }),
};

/** The input of a connector for the parameters of a step. */
export const inputsOf = (operation: string, params: JsonObject, about: About): JsonObject =>
  Object.hasOwn(SHORT_FORMS, operation)
    ? (SHORT_FORMS[operation]?.(params, about) ?? params)
    : params;

const paragraphs = (text: string): JsonObject[] =>
  text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => ({ type: 'paragraph', text: part }));

const addresses = (text: string): string[] => text.split(',').map((one) => one.trim());
