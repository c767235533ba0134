import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { csvHeader, csvUser } from '../../../src/cli/kit/csv.ts';
import { runJson } from '../../../src/services/checks/run-json.ts';
import { reportTable, runsTable } from '../../../src/cli/kit/table.ts';
import type { RunUserRow } from '../../../src/mfa/document.ts';
import { documentOf, HOSTILE, userOf } from './support/samples.ts';

const colors = pc.createColors(false);

describe('CSV', () => {
  it('has a header and one record a user', () => {
    expect(csvHeader()).toBe('id,login,department,administrator,verdict,reason,factors,ticket\r\n');
    const factor = { type: 'sms', provider: 'OKTA', status: 'ACTIVE', class: 'weak' } as const;
    expect(csvUser(userOf({ factors: [factor] }))).toBe(
      '00u00000000000000001,ada@example.com,Engineering,no,none,no factor enrolled,sms ACTIVE (weak),SEC-1\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'gives no formula to a spreadsheet: %j',
    (login) => {
      expect(csvUser(userOf({ login }))).toMatch(/^00u00000000000000001,"?'/);
    },
  );

  it('writes control characters out, so that no terminal obeys them', () => {
    const row = csvUser(userOf({ login: '\u001b[2J\u009b1m\u202egnp', department: '\u0007a\tb' }));
    expect(row).toContain(',\\u001b[2J\\u009b1m\\u202egnp,\\u0007a\tb,');
  });

  it('quotes what would break a record', () => {
    expect(csvUser(userOf({ department: 'a "b", c\r\nd' }))).toContain('"a ""b"", c\r\nd"');
    expect(csvUser(userOf({ login: HOSTILE.formula }))).toContain(
      `"'=HYPERLINK(""http://evil.example"",""x"")"`,
    );
  });
});

describe('the table', () => {
  it('states verdicts, coverage, tickets, calls and the audit head', () => {
    const text = reportTable(documentOf(), colors, { users: 'none' });
    expect(text).toContain('complete');
    expect(text).toContain('coverage 25.0 % to 50.0 %, before 20.0 %');
    expect(text).toContain('1 created, 1 kept, 0 reopened, 0 closed');
    expect(text).toContain('okta 9, jira 4, slack 1, throttled 2');
    expect(text).not.toContain('ada@example.com');
  });

  it('lists users when asked, with nothing a terminal would obey', () => {
    const users = [
      userOf({ login: HOSTILE.ansi, department: HOSTILE.line, reason: HOSTILE.mrkdwn }),
    ];
    const text = reportTable(documentOf({ users, org: HOSTILE.ansi }), colors, { users: 'all' });
    expect(text).toContain('redlink');
    expect(text).toContain('<!channel> *bold*');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('does not hide that a run is incomplete', () => {
    const text = reportTable(
      documentOf({ status: 'incomplete', reasons: ['too many unknown'] }),
      colors,
      {
        users: 'none',
      },
    );
    expect(text).toContain('INCOMPLETE: do not rely on these figures');
    expect(text).toContain('! too many unknown');
  });

  it('lists runs', () => {
    expect(runsTable([documentOf()], colors)).toContain('01a20258-9b91-7e59-879d-e50bbd6929e2');
  });
});

describe('JSON in pieces', () => {
  const join = async (users: AsyncIterable<RunUserRow[]> | null): Promise<string> => {
    const { users: _, ...summary } = documentOf();
    const pieces: string[] = [];
    for await (const piece of runJson(summary, users)) pieces.push(piece);
    return pieces.join('');
  };

  it('makes the document with all pages of users', async () => {
    const { users } = documentOf();
    const pages = async function* () {
      yield users.slice(0, 1);
      yield [];
      yield users.slice(1);
    };
    expect(JSON.parse(await join(pages()))).toEqual(documentOf());
  });

  it('makes it without users', async () => {
    const none = async function* (): AsyncGenerator<RunUserRow[]> {};
    expect(JSON.parse(await join(none()))).toEqual(documentOf({ users: [] }));
    expect(JSON.parse(await join(null))).not.toHaveProperty('users');
  });
});
