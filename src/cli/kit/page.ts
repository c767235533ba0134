import { createHash } from 'node:crypto';
import { markup } from './html.ts';
import type { Markup } from './html.ts';

/** What differs between pages. */
interface Page {
  title: string;
  /** Our own style sheet without markup; not encoded, because its hash must match. */
  style: string;
  top: Markup;
  content: Markup;
  foot: Markup;
}

/** A self-contained page: it can load and run nothing, and only its own style sheet applies. */
export function selfContainedPage({ title, style, top, content, foot }: Page): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const page = markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>`;
  const body = markup`</style>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
${top}
<main id="content">
${content}
</main>
<footer>${foot} This page is self-contained: it loads nothing and runs nothing.</footer>
</body>
</html>
`;
  return `<!doctype html>\n${page.toString()}${style}${body.toString()}`;
}
