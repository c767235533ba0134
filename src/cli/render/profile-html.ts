import { createHash } from 'node:crypto';
import type { PostureProfile } from '../../twin/profile.ts';
import { when } from '../support/text.ts';
import { markup } from './html.ts';
import type { Markup } from './html.ts';
import { CHART_STYLE } from './profile-charts.ts';
import { drift, gaps, inventory, privileged, strength, streams, tiles, timeline } from './profile-sections.ts';
import { STYLE } from './style.ts';

const PAGE_STYLE = `${STYLE}${CHART_STYLE}`;
const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');
/** Nothing may load and nothing may run; only the page's own style sheet applies. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** The identity-posture profile as one file that needs nothing else: no script, no font, no picture, no network. */
export function profileHtml(profile: PostureProfile): string {
  const page = markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Identity posture – ${profile.org} – ${profile.at.slice(0, 10)}</title>
<style>`;
  const body = markup`</style>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<h1>Identity posture</h1>
<p class="soft"><strong>${profile.org}</strong> · ${when(profile.at)}</p>
</header>
<main id="content">
${notice(profile)}
${tiles(profile)}
${strength(profile)}
${gaps(profile)}
${privileged(profile)}
${inventory(profile)}
${drift(profile)}
${timeline(profile)}
${streams(profile)}
</main>
<footer>Made by arx from sync <span class="mono">${profile.run}</span>. This page is self-contained: it loads nothing and runs nothing.</footer>
</body>
</html>
`;
  // The style sheet is ours and holds no markup; it must stand as hashed, so it is not encoded.
  return `<!doctype html>\n${page.toString()}${PAGE_STYLE}${body.toString()}`;
}

function notice({ streams: all }: PostureProfile): Markup | null {
  const open = all.filter(({ state }) => state !== 'complete').map(({ name }) => name);
  if (open.length === 0) return null;
  return markup`<div class="banner" role="alert"><h2>Not complete: ${open.join(', ')}</h2><p>What rests on them is as it was last known, or missing.</p></div>`;
}
