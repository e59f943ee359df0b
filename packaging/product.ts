/** The description of the product in the packages of Linux; the name is that of AWS's package. */
export const PRODUCT = {
  name: 'session-manager-plugin',
  /** Appended to the version, as AWS's packages have it. */
  revision: '1',
  summary: 'Session Manager plugin for the AWS CLI',
  /** Lines of at most 79 characters. */
  description: [
    'The program that the AWS CLI runs for "aws ssm start-session" and',
    '"aws ecs execute-command": a shell, a forwarded port or an SSH connection on a',
    'machine through AWS Systems Manager.',
  ],
  /**
   * What the product is for, for lists of package managers: at most 80 characters, without an article, the name of the
   * product, a system or a full stop (the linter of Homebrew, docs.brew.sh/Formula-Cookbook).
   */
  shortDescription: 'Shells, forwarded ports and SSH through AWS Systems Manager',
  license: 'Apache-2.0',
} as const;
