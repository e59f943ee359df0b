/**
 * What the program prints about a session. IDE toolkits, Ansible, copilot and others read them: they are a
 * contract, character for character (docs/design/protocol.md#texts).
 */
export const texts = {
  starting: (sessionId: string): string => `\nStarting session with SessionId: ${sessionId}\n`,
  exiting: (sessionId: string): string => `\n\nExiting session with sessionId: ${sessionId}.\n\n`,
  closedWithOutput: (sessionId: string, output: string): string =>
    `\n\nSessionId: ${sessionId} : ${output}\n\n`,
  cannotStart: (reason: string): string => `Cannot perform start session: ${reason}\n`,
  timedOut: (sessionId: string): string => `Session: ${sessionId} timed out.\n`,
} as const;
