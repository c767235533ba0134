import type { RunDocument } from '../../mfa/document.ts';
import { duration, when } from '../kit/text.ts';
import { markup } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';
import { selfContainedPage } from '../kit/page.ts';
import {
  administrators,
  coverage,
  factorClasses,
  factorTypes,
  standings,
  tiles,
  verdicts,
} from '../kit/section-figures.ts';
import { evidence, exemptions, method } from './section-ground.ts';
import { changes, people, tickets } from './section-people.ts';
import { STYLE } from '../kit/style.ts';

/**
 * The whole report as one file that needs nothing else: no script, no font, no picture, no network.
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
${people(document)}
${standings('Departments', 'Department', document.departments)}
${standings('Groups', 'Group', document.groups)}
${factorTypes(document)}
${exemptions(document)}
${method(document)}
${evidence(document)}`,
    foot: markup`Made by arx from run <span class="mono">${document.run}</span>.`,
  });
}

const PILLS: Record<RunDocument['status'], [tone: string, word: string]> = {
  complete: ['good', 'Complete'],
  incomplete: ['warn', 'INCOMPLETE'],
  failed: ['bad', 'FAILED'],
  running: ['plain', 'Running'],
};

function top(document: RunDocument): Markup {
  const [tone, word] = PILLS[document.status];
  const groups = document.scope.groups.map(({ name }) => name).join(', ');
  return markup`<header class="top">
<div class="kicker"><span>Control: every user has an accepted second factor</span><span class="pill ${tone}">${word}</span>${document.dryRun && markup`<span class="pill plain">Dry run: nothing was opened or posted</span>`}</div>
<h1>MFA enforcement report</h1>
<p class="soft"><strong>${document.org}</strong> · ${when(document.startedAt)}${document.seconds !== null && ` · took ${duration(document.seconds)}`} · scope: ${groups || 'everybody'} (${document.scope.statuses.join(', ')})</p>
</header>`;
}

const BANNERS: Partial<
  Record<RunDocument['status'], [tone: string, heading: string, text: string]>
> = {
  incomplete: [
    'warn',
    'INCOMPLETE run',
    'The figures below are what could be read. They are no basis for a statement about the whole scope, and no ticket was closed.',
  ],
  failed: [
    'bad',
    'FAILED run',
    'The check could not be carried out. The figures below, if any, are fragments.',
  ],
  running: ['warn', 'Run in progress', 'This page shows a moment of a run that has not ended.'],
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
  return reasons ? markup`<div class="banner"><h2>To be noted</h2>${reasons}</div>` : null;
}
