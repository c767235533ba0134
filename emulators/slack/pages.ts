import type { Route } from '../types.ts';
import type { SlackWorkspace } from './workspace.ts';

/** A web page with the channels and their messages, for looking at a demo's Slack. */
export function pageRoutes(workspace: SlackWorkspace): Route[] {
  const handle: Route['handle'] = () => {
    const parts = workspace.channels.map(({ id, name }) => {
      const messages = workspace.messages(id).map(({ text, blocks }) => {
        const shown = blocks.length > 0 ? JSON.stringify(blocks, null, 2) : text;
        return `<article><p>${escapeHtml(text)}</p><details><summary>blocks</summary><pre>${escapeHtml(shown)}</pre></details></article>`;
      });
      return `<h2>#${escapeHtml(name)}</h2>${messages.join('') || '<p>no messages</p>'}`;
    });
    const head =
      '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Slack, emulated</title></head>';
    return {
      status: 200,
      text: `${head}<body><h1>Slack, emulated</h1>${parts.join('')}</body></html>`,
    };
  };
  return ['/', '/api/'].map((path) => ({
    method: 'GET',
    path,
    operation: 'page',
    open: true,
    handle,
  }));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
