import type { PostureProfile } from '../../twin/profile.ts';
import { timeText } from '../kit/text.ts';
import { markup } from '../kit/html.ts';
import type { Markup } from '../kit/html.ts';
import { selfContainedPage } from '../kit/page.ts';
import { CHART_STYLE } from './profile-charts.ts';
import {
  drift,
  gaps,
  inventory,
  privileges,
  strength,
  streams,
  tiles,
  timeline,
} from './profile-sections.ts';
import { STYLE } from '../kit/style.ts';

const PAGE_STYLE = `${STYLE}${CHART_STYLE}`;

/**
 * The identity-posture profile as one self-contained file, without scripts, fonts, images or
 * network access.
 */
export function profileHtml(profile: PostureProfile): string {
  return selfContainedPage({
    title: `Identity posture – ${profile.org} – ${profile.at.slice(0, 10)}`,
    style: PAGE_STYLE,
    top: markup`<header class="top">
<h1>Identity posture</h1>
<p class="soft"><strong>${profile.org}</strong> · ${timeText(profile.at)}</p>
</header>`,
    content: markup`${notice(profile)}
${tiles(profile)}
${strength(profile)}
${gaps(profile)}
${privileges(profile)}
${inventory(profile)}
${drift(profile)}
${timeline(profile)}
${streams(profile)}`,
    foot: markup`Created by arx from sync <span class="mono">${profile.run}</span>.`,
  });
}

function notice({ streams: all }: PostureProfile): Markup | null {
  const open = all.filter(({ state }) => state !== 'complete').map(({ name }) => name);
  if (open.length === 0) return null;
  return markup`<div class="banner" role="alert"><h2>Not complete: ${open.join(', ')}</h2><p>Figures based on them are from the last known state, or missing.</p></div>`;
}
