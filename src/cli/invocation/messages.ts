/** Texts that callers and scripts read when no session starts, character for character. */
export const messages = {
  installed:
    '\nThe Session Manager plugin is installed successfully. ' +
    'Use the AWS CLI to start a session.\n\n',
  unknownOperation: (operation: string): string =>
    `\nUnknown operation ${operation}. \nUse session-manager-plugin --version to check the version.\n\n`,
  invalidOperation: 'Invalid Operation',
  didYouMean: (words: string): string => `Did you mean:\n  session-manager-plugin ${words}\n`,
} as const;
