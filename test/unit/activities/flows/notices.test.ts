import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../../../src/activities/flows/notices.ts';

const about = { run: { run: 'r1' }, step: 'tell' };

describe('inputs of message steps', () => {
  it('Slack gets plain text in a block, an escaped fallback text and the run in the metadata', () => {
    const text = 'Done for <!channel> & others';
    expect(inputsOf('slack:chat:write', { channel: '#sec', text }, about)).toEqual({
      channel: '#sec',
      text: 'Done for &lt;!channel&gt; &amp; others',
      blocks: [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }],
      metadata: { eventType: 'arx_flow', payload: { run: 'r1', step: 'tell' } },
    });
  });

  it('Jira gets paragraphs, and labels by which the issue can be found', () => {
    const params = {
      project: 'SEC',
      issueType: 'Task',
      summary: 'Check',
      description: 'One.\n\n\nTwo.',
    };
    expect(inputsOf('jira:issues:create', params, about)).toEqual({
      ...params,
      description: [
        { type: 'paragraph', text: 'One.' },
        { type: 'paragraph', text: 'Two.' },
      ],
      labels: ['arx-flow', 'arx-run-r1'],
    });
  });

  it('mail accepts one address, several or a list', () => {
    const sent = (to: string | string[]) =>
      inputsOf('email:email:send', { to, subject: 's', text: 't' }, about)['to'];
    expect(sent('a@example.com')).toEqual(['a@example.com']);
    expect(sent('a@example.com, b@example.com')).toEqual(['a@example.com', 'b@example.com']);
    expect(sent(['a@example.com'])).toEqual(['a@example.com']);
  });

  it('other inputs are unchanged', () => {
    expect(inputsOf('okta:users:suspend', { userId: 'u' }, about)).toEqual({ userId: 'u' });
  });
});
