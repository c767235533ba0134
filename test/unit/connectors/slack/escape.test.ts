import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeMrkdwn } from '../../../../src/connectors/slack/escape.ts';
import { assertProperty } from '../../../support/properties.ts';

it('prevents mentions, links and channel notifications', () => {
  expect(escapeMrkdwn('<!channel> & <@U123> <https://evil.example|Payroll>')).toBe(
    '&lt;!channel&gt; &amp; &lt;@U123&gt; &lt;https://evil.example|Payroll&gt;',
  );
});

it('is reversible, and never leaves an angle bracket', () => {
  const undo = (text: string): string =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  assertProperty(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>&;ltgamp!@ x') }), (text) => {
      expect(escapeMrkdwn(text)).not.toMatch(/[<>]/);
      expect(undo(escapeMrkdwn(text))).toBe(text);
    }),
  );
});
