interface BackupErrorFields {
  code: 'backup_damaged' | 'backup_newer' | 'backup_foreign' | 'store_not_empty' | 'no_store';
  message: string;
  remedy: string;
}

/**
 * Thrown if a store cannot be backed up or a backup cannot be restored; nothing was written. Its
 * message is a sentence.
 */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code: BackupErrorFields['code'];
  readonly remedy: string;
  constructor({ code, message, remedy }: BackupErrorFields) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The file is damaged. */
export const damageError = (what: string): BackupError =>
  new BackupError({
    code: 'backup_damaged',
    message: `The backup cannot be used: ${what}.`,
    remedy: 'Nothing was written. Use another copy of the file, or another backup.',
  });
