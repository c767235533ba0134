import type { Answer, EmulatedRequest, Route } from '../types.ts';
import { adfText } from './adf.ts';
import { runJql } from './jql.ts';
import { JqlError, parseJql } from './jql-parser.ts';
import type { Issue } from './model.ts';
import type { JiraSite } from './site.ts';

/** Web pages, so that the links in messages and reports of a demo work. */
export function pageRoutes(site: JiraSite): Route[] {
  const page = { method: 'GET', operation: 'page', open: true };
  return [
    { ...page, path: '/browse/:key', handle: ({ params }) => browse(site, params.key ?? '') },
    { ...page, path: '/issues/', handle: (request) => navigator(site, request) },
    { ...page, path: '/issues', handle: (request) => navigator(site, request) },
    { ...page, path: '/', handle: (request) => navigator(site, request) },
  ];
}

function browse(site: JiraSite, key: string): Answer {
  const issue = site.issue(key);
  if (!issue) return { status: 404, text: html('Not found', '<p>This issue does not exist.</p>') };
  const comments = issue.comments
    .map(({ body }) => `<pre>${escapeHtml(adfText(body))}</pre>`)
    .join('');
  const body = `${row(issue)}<pre>${escapeHtml(adfText(issue.fields.description))}</pre><h2>Comments</h2>${comments}`;
  return { status: 200, text: html(issue.key, body) };
}

function navigator(site: JiraSite, { query }: EmulatedRequest): Answer {
  const saved = site.filters.find(({ id }) => id === query.get('filter'))?.jql;
  const jql = query.get('jql') ?? saved ?? `project = ${site.project.key}`;
  try {
    const found = runJql(site, parseJql(jql), new Set());
    const rows = found.map(({ issue }) => row(issue)).join('');
    return {
      status: 200,
      text: html(`${found.length} issues`, `<p><code>${escapeHtml(jql)}</code></p>${rows}`),
    };
  } catch (error) {
    if (error instanceof JqlError)
      return { status: 400, text: html('Search', `<p>${escapeHtml(error.message)}</p>`) };
    throw error;
  }
}

function row({ key, fields }: Issue): string {
  const labels = fields.labels.map(escapeHtml).join(', ');
  return `<p><a href="/browse/${key}">${key}</a> <b>${escapeHtml(fields.status.name)}</b> ${escapeHtml(fields.summary)} <small>${labels}</small></p>`;
}

function html(title: string, body: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
