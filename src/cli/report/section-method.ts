/** Sections of the HTML report that explain its figures: exemptions, method and evidence. */

import type { RunDocument } from '../../mfa/document.ts';
import { scanSentence } from '../../mfa/scan-text.ts';
import { count, duration, plural, timeText } from '../kit/text.ts';
import { VERDICT_ORDER, VERDICT_WORDS } from '../kit/words.ts';
import { markup } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';

/** Valid and expired exemptions. */
export function exemptions({ exemptions: { live, expired }, counts }: RunDocument): Markup {
  const table =
    expired.length > 0 &&
    markup`<h3>Expired, no longer in effect</h3><div class="wide"><table><thead><tr><th scope="col">Exemption</th><th scope="col">Owner</th><th scope="col">Ended</th></tr></thead><tbody>${expired.map(({ subject, owner, until }) => markup`<tr><td>${subject}</td><td>${owner}</td><td>${until}</td></tr>`)}</tbody></table></div>`;
  return markup`<section aria-labelledby="exemptions"><h2 id="exemptions">Exemptions</h2><p>${plural(live, 'valid exemption')}, ${plural(counts.exempt, 'user')} exempt; ${plural(counts.in_grace, 'user')} in the grace period for new accounts.</p>${table}</section>`;
}

/** How to read the figures, and their limits. */
export function method({ scope, scan }: RunDocument): Markup {
  return markup`<section aria-labelledby="method"><h2 id="method">How to read this</h2>
<p>Every user in scope (status ${scope.statuses.join(', ')}) was listed, and each user's enrolled factors were read${DELTA_CLAUSE[scan?.mode ?? 'full']}. ${scan && scanSentence(scan)} An error never becomes a finding: a user who could not be read is <em>unknown</em>.</p>
<p><strong>Coverage</strong> = compliant ÷ (enumerated − exempt − in grace − vanished). The lower bound counts unknown users as not covered, the upper bound as covered.</p>
<dl>${VERDICT_ORDER.map((verdict) => markup`<dt>${VERDICT_WORDS[verdict].label}</dt><dd>${VERDICT_WORDS[verdict].meaning}</dd>`)}</dl>
<h3>Limits</h3>
<p>Okta's factors endpoint returns only what the enrolment policy allows from the caller's own network zone, so an enrolled factor can be missing here. If a finding is unexpected, check the user's authenticator enrolments in Okta before you act on it.</p>
<p>Push counts as strong, but an approve-only push does not meet NIST SP 800-63B-4 §3.1.3: users who rely on it are named above. E-mail and security questions never count. Factor classes follow NIST SP 800-63B-4 §3.1 and §3.2.</p></section>`;
}

const DELTA_CLAUSE = {
  full: '',
  delta:
    ', by this run, or by an earlier run if the System Log shows no change since; in both cases this run assessed them',
} as const;

/** The evidence for the figures, and the number of calls made. */
export function evidence(document: RunDocument): Markup {
  const { audit, calls, slack } = document;
  const rows: [string, Markup | string][] = [
    ['Run', markup`<span class="mono">${document.run}</span>`],
    ['Workflow', markup`<span class="mono">${document.workflowId}</span>`],
    ['Started, ended', `${timeText(document.startedAt)}, ${timeText(document.finishedAt)}`],
    ['Time taken', duration(document.seconds)],
    [
      'Calls',
      `Okta ${count(calls.okta)}, Jira ${count(calls.jira)}, Slack ${count(calls.slack)}; ${count(calls.throttled)} throttled (429)`,
    ],
    [
      'Slack message',
      slack ? markup`<span class="mono">${slack.channel} ${slack.ts}</span>` : 'none',
    ],
    ['Audit entries', count(audit.entries)],
    ['Head of the hash chain', markup`<span class="mono">${audit.head}</span>`],
    [
      'To verify',
      markup`<span class="mono">arx audit verify</span>, <span class="mono">arx audit list --run ${document.run}</span>`,
    ],
  ];
  return markup`<section aria-labelledby="evidence"><h2 id="evidence">Evidence</h2><dl>${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`;
}
