/** Sections of the HTML report about changes, tickets and the users who need attention. */

import type { RunDocument, RunUserRow } from '../../mfa/document.ts';
import { count, plural } from '../kit/text.ts';
import { ACTION_VERDICTS, VERDICT_WORDS, removalText } from '../kit/words.ts';
import { markup, safeUrl } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';
import { dot } from '../kit/section-figures.ts';

/** Browsers cannot handle pages with many more rows; the CSV lists all users. */
const MOST_ROWS = 2_000;
const MOST_NAMES = 200;

const WORDS = {
  new: ['New', 'not compliant now, not in the last complete run'],
  resolved: ['Resolved', 'not compliant before, compliant now'],
  regressed: ['Regressed', 'compliant before, not compliant now'],
} as const;

/** Users who are new, resolved or regressed since the last complete run. */
export function changes(document: RunDocument): Markup {
  const logins = new Map(document.users.map(({ id, login }) => [id, login]));
  const columns = (['new', 'regressed', 'resolved'] as const).map((kind) => {
    const [label, meaning] = WORDS[kind];
    const ids = document.changes.users[kind] ?? [];
    const names = ids.slice(0, MOST_NAMES).map((id) => markup`<li>${logins.get(id) ?? id}</li>`);
    const more =
      ids.length > MOST_NAMES &&
      markup`<li class="soft">and ${count(ids.length - MOST_NAMES)} more</li>`;
    return markup`<div><h3>${label}: ${count(document.changes[kind])}</h3><p class="small soft">${meaning}</p>${ids.length > 0 && markup`<details${ids.length <= 12 && markup` open`}><summary>${plural(ids.length, 'user')}</summary><ul>${names}${more}</ul></details>`}</div>`;
  });
  return markup`<section aria-labelledby="changes"><h2 id="changes">Since the last complete run</h2><div class="two">${columns}</div></section>`;
}

/**
 * Address of one ticket, derived from the address of the search for all tickets; null if there is
 * none.
 */
function ticketUrl(document: Pick<RunDocument, 'tickets'>, key: string): string | null {
  const search = safeUrl(document.tickets.url);
  const base = search?.split('/issues/', 2)[0];
  return base && search !== base ? `${base}/browse/${encodeURIComponent(key)}` : null;
}

function ticketLink(document: RunDocument, key: string): Markup {
  const url = ticketUrl(document, key);
  return url ? markup`<a href="${url}" rel="noreferrer">${key}</a>` : markup`${key}`;
}

const compareKeys = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** Ticket counts, with links. */
export function tickets(document: RunDocument): Markup {
  const { tickets: sums, dryRun } = document;
  const rows: [string, number][] = [
    ['created', sums.created],
    ['kept', sums.kept],
    ['reopened', sums.reopened],
    ['closed', sums.closed],
    ['closed by a person, not reopened', sums.leftClosed],
    ['of users who left', sums.departed],
    ['failed', sums.failedCount],
  ];
  const shown = dryRun
    ? markup`<p>Dry run: ${plural(sums.wouldCreate, 'ticket')} would have been opened.</p>`
    : markup`<p>${rows.filter(([, value], index) => value > 0 || index < 4).map(([name, value], index) => markup`${index > 0 && ' · '}<strong>${count(value)}</strong> ${name}`)}</p>`;
  const all = safeUrl(sums.url);
  return markup`<section aria-labelledby="tickets"><h2 id="tickets">Tickets</h2>${shown}${all && markup`<p><a href="${all}" rel="noreferrer">All open tickets of this check in Jira</a></p>`}${
    sums.keys.length > 0 &&
    markup`<details${sums.keys.length <= 70 && markup` open`}><summary>${plural(sums.keys.length, 'open ticket')}</summary><ul class="keys">${[
      ...sums.keys,
    ]
      .sort(compareKeys)
      .slice(0, MOST_ROWS)
      .map((key) => markup`<li>${ticketLink(document, key)}</li>`)}</ul></details>`
  }</section>`;
}

function factorText(user: RunUserRow): string {
  return user.factors
    .map(({ type, status }) => (status === 'ACTIVE' ? type : `${type} (${status ?? 'no status'})`))
    .join(', ');
}

function userRow(document: RunDocument, user: RunUserRow): Markup {
  const verdict = user.verdict ?? 'unknown';
  return markup`<tr><td class="login">${user.login}${user.administrator && markup` <span class="pill bad">admin</span>`}</td><td>${user.department ?? '–'}</td><td class="tight">${dot(verdict)}${VERDICT_WORDS[verdict].label}</td><td class="small">${user.reason ?? ''}</td><td class="small">${factorText(user) || '–'}</td><td class="tight">${user.ticket ? ticketLink(document, user.ticket) : '–'}</td></tr>`;
}

/** Users who are not covered or could not be assessed; administrators first. */
export function openFindings(document: RunDocument): Markup {
  const due = document.users
    .filter(
      ({ verdict }) => verdict === null || verdict === 'unknown' || ACTION_VERDICTS.has(verdict),
    )
    .sort((a, b) => Number(b.administrator) - Number(a.administrator));
  if (document.removedAt)
    return markup`<section aria-labelledby="people"><h2 id="people">Users who need attention</h2><p class="soft">${removalText(document.removedAt)}</p></section>`;
  if (due.length === 0)
    return markup`<section aria-labelledby="people"><h2 id="people">Users who need attention</h2><p class="soft">None: every measured user is covered.</p></section>`;
  const rest = due.length - MOST_ROWS;
  return markup`<section class="long" aria-labelledby="people"><h2 id="people">Users who need attention</h2><div class="wide"><table><caption>${plural(due.length, 'user')} not covered or not assessed; administrators first</caption><thead><tr><th scope="col">Login</th><th scope="col">Department</th><th scope="col">Verdict</th><th scope="col">Reason</th><th scope="col">Factors</th><th scope="col">Ticket</th></tr></thead><tbody>${due.slice(0, MOST_ROWS).map((user) => userRow(document, user))}</tbody></table></div>${rest > 0 && markup`<p class="soft">${plural(rest, 'more user')} not shown: <span class="mono">arx report ${document.run} --format csv</span> lists all users.</p>`}</section>`;
}
