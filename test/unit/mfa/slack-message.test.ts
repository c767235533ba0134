import { describe, expect, it } from 'vitest';
import { slackSummary } from '../../../src/mfa/slack-message.ts';
import { countsOf, documentOf, HOSTILE } from '../cli/support/samples.ts';

interface Element {
  type: string;
  text: string;
}

/** Every text element of the blocks. */
function elements(value: unknown): Element[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as Partial<Element>;
  const own = typeof type === 'string' && typeof text === 'string' ? [{ type, text }] : [];
  return [...own, ...Object.values(value).flatMap(elements)];
}

const department = (name: string) => ({
  name,
  counts: countsOf({ none: 2 }),
  coverage: { low: 0, high: 0 },
});

describe('the message of a run', () => {
  it('contains status, counts, coverage and its change, and a link to the tickets', () => {
    const { text, blocks } = slackSummary(
      documentOf({ status: 'incomplete', reasons: ['half of the list is missing'] }),
    );
    expect(text).toContain('INCOMPLETE');
    expect(text).toContain('4 users: ');
    expect(text).not.toContain('weak_only');
    const all = elements(blocks)
      .map((element) => element.text)
      .join('\n');
    expect(all).toContain('20.0 %');
    expect(all).toContain('half of the list is missing');
    expect(all).toContain(
      '<https://example.atlassian.net/issues/?jql=labels%20%3D%20mfa|Open tickets>',
    );
  });

  it.each(Object.entries(HOSTILE))('shows a department named %s as plain text only', (_, name) => {
    const { text, blocks } = slackSummary(
      documentOf({ departments: [department(name)], reasons: [name] }),
    );
    const found = elements(blocks).filter((element) => element.text.includes(name.slice(0, 60)));
    expect(found.map(({ type }) => type)).toEqual(['plain_text', 'plain_text']);
    expect(text).not.toContain(name);
  });

  it("stays within Slack's limits, however many and long the names are", () => {
    const departments = Array.from({ length: 80 }, () => department('d'.repeat(5_000)));
    const reasons = Array.from({ length: 80 }, () => 'r'.repeat(500));
    for (const { text } of elements(slackSummary(documentOf({ departments, reasons })).blocks))
      expect(text.length).toBeLessThanOrEqual(3_000);
  });
});
