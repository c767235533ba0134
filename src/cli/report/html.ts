import type { RunDocument } from '../../mfa/document.ts';
import { duration, timeText } from '../kit/text.ts';
import { markup } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';
import { selfContainedPage } from '../kit/page.ts';
import {
  administrators,
  coverage,
  factorClasses,
  factorTypes,
  breakdowns,
  tiles,
  verdicts,
} from '../kit/section-figures.ts';
import { evidence, exemptions, method } from './section-method.ts';
import { changes, openFindings, tickets } from './section-users.ts';
import { STYLE } from '../kit/style.ts';

/**
 * The whole report as one self-contained file, without scripts, fonts, images or network access.
 */
export function reportHtml(document: RunDocument): string {
  return selfContainedPage({
    title: `MFA enforcement – ${document.org} – ${document.startedAt.slice(0, 10)}`,
    style: STYLE,
    top: top(document),
    content: markup`${banner(document)}
${tiles(document)}
${coverage(document)}
<div class="grid">${verdicts(document)}${factorClasses(document)}</div>
${administrators(document)}
${changes(document)}
${tickets(document)}
${openFindings(document)}
${breakdowns('Departments', 'Department', document.departments)}
${breakdowns('Groups', 'Group', document.groups)}
${factorTypes(document)}
${exemptions(document)}
${method(document)}
${evidence(document)}`,
    foot: markup`Created by arx from run <span class="mono">${document.run}</span>.`,
  });
}

const PILLS: Record<RunDocument['status'], [tone: string, word: string]> = {
  complete: ['good', 'Complete'],
  incomplete: ['warn', 'INCOMPLETE'],
  failed: ['bad', 'FAILED'],
  running: ['plain', 'Running'],
  terminated: ['bad', 'TERMINATED'],
};

function top(document: RunDocument): Markup {
  const [tone, word] = PILLS[document.status];
  const groups = document.scope.groups.map(({ name }) => name).join(', ');
  return markup`<header class="top">
<div class="kicker"><span>Control: every user has an accepted second factor</span><span class="pill ${tone}">${word}</span>${document.dryRun && markup`<span class="pill plain">Dry run: no tickets were opened, no messages posted</span>`}</div>
<h1>MFA enforcement report</h1>
<p class="soft"><strong>${document.org}</strong> · ${timeText(document.startedAt)}${document.seconds !== null && ` · took ${duration(document.seconds)}`} · scope: ${groups || 'all users'} (${document.scope.statuses.join(', ')})</p>
</header>`;
}

const BANNERS: Partial<
  Record<RunDocument['status'], [tone: string, heading: string, text: string]>
> = {
  incomplete: [
    'warn',
    'INCOMPLETE run',
    'The figures below cover only what could be read. Do not draw conclusions about the whole scope. No ticket was closed.',
  ],
  failed: [
    'bad',
    'FAILED run',
    'The check could not be completed. The figures below, if any, are partial.',
  ],
  running: ['warn', 'Run in progress', 'This page shows a run that has not ended yet.'],
};

function banner(document: RunDocument): Markup | null {
  const reasons =
    document.reasons.length > 0 &&
    markup`<ul>${document.reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`;
  const found = BANNERS[document.status];
  if (found) {
    const [tone, heading, text] = found;
    return markup`<div class="banner ${tone}" role="alert"><h2>${heading}</h2><p>${text}</p>${reasons}</div>`;
  }
  return reasons ? markup`<div class="banner"><h2>Notes</h2>${reasons}</div>` : null;
}
