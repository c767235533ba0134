const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Makes any text safe in Slack mrkdwn: without raw angle brackets there are no links, mentions or
 * `<!channel>`. For every value that a block shows, names above all.
 */
export const escapeMrkdwn = (text: string): string =>
  text.replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);
