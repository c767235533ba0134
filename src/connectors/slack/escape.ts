const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Makes any text safe in Slack mrkdwn: without raw angle brackets there are no links, mentions or
 * `<!channel>`. Used for every value that a block shows, especially names.
 */
export const escapeMrkdwn = (text: string): string =>
  text.replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);
