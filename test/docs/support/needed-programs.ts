import type { Tool } from '../../../build/tool.ts';
import { AWS, CURL, JQ, NETCAT, OPENSSL, PSQL, SSH } from '../../support/tools.ts';
import type { Block } from './markdown.ts';

/** Commands of the guides that a minimal system lacks. */
const COMMANDS: Readonly<Record<string, Tool>> = {
  aws: AWS,
  curl: CURL,
  jq: JQ,
  nc: NETCAT,
  openssl: OPENSSL,
  psql: PSQL,
  scp: SSH,
  sftp: SSH,
  ssh: SSH,
  // It reports the AWS CLI that it finds.
  'session-manager-plugin doctor': AWS,
};

/** Where the name of a command is: first on a line, after a prompt, an operator or `--`, or in a script of `sh -c`. */
const COMMAND_PLACE = String.raw`(?:^|\$ | -- |-c '|[;|&(!] *|\b(?:run:|then|else|do|if|until|while) +)`;

/** The programs that blocks run and this machine may lack. */
export function programsOf(blocks: readonly Block[]): readonly Tool[] {
  const named = Object.entries(COMMANDS).filter(([command]) => {
    const used = new RegExp(`${COMMAND_PLACE}${command}(?= |$)`, 'm');
    return blocks.some(({ text }) => used.test(text));
  });
  return [...new Set(named.map(([, tool]) => tool))];
}
