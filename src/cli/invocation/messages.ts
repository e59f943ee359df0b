/** Texts that callers and scripts read when no session starts, character for character. */
export const messages = {
  installed:
    '\nThe Session Manager plugin is installed successfully. ' +
    'Use the AWS CLI to start a session.\n\n',
  unknownOperation: (operation: string): string =>
    `\nUnknown operation ${operation}. \nUse session-manager-plugin --version to check the version.\n\n`,
  invalidOperation: 'Invalid Operation',
  didYouMean: (words: string): string => `Did you mean "session-manager-plugin ${words}"?\n`,
  encryptionNeedsNewerCaller:
    'this session is encrypted with a KMS key, and its caller is too old for that: ' +
    'upgrade the AWS CLI to version 1.16.213 or later',
} as const;
