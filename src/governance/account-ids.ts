/**
 * Formats of the ids that are used in paths and queries of Entra ID, Google Workspace and
 * Salesforce.
 */

/** An object id of Entra ID. */
export const ENTRA_ID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const DOMAIN = String.raw`(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*`;

/**
 * A name in the format of an e-mail address, such as a user principal name (also a guest's, with
 * #EXT#). Plain ASCII.
 */
export const ACCOUNT_NAME = new RegExp(
  String.raw`^[A-Za-z0-9_][A-Za-z0-9._'+#!~-]{0,112}@${DOMAIN}$`,
);

/** A user id of Google: digits. */
export const GOOGLE_ID = /^\d{1,30}$/;

/** A Salesforce id: 15 case-sensitive characters, or 18. */
export const SALESFORCE_ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;
