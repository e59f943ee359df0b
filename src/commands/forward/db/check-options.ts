import type { Command } from 'commander';
import { alternatives } from '../../../cli/framework/usage/usage-words.ts';
import { usageError } from '../../../cli/framework/usage/usage-error.ts';
import type { DatabaseOptions } from './database-options.ts';

/** What `db` does, as its command lines begin. */
export type DatabaseTask = 'list' | 'url' | 'connect' | 'NAME' | 'NAME --exec';

const FORWARDING: readonly DatabaseTask[] = ['NAME', 'NAME --exec', 'connect'];
const KNOWING_USERS: readonly DatabaseTask[] = ['connect', 'url', 'NAME --exec'];
const CONNECTING: readonly DatabaseTask[] = ['connect'];
/** What takes each option. */
const TAKEN_BY: readonly (readonly [
  option: keyof DatabaseOptions,
  tasks: readonly DatabaseTask[],
])[] = [
  ['through', FORWARDING],
  ['reason', FORWARDING],
  ['localPort', [...FORWARDING, 'url']],
  ['exec', ['NAME --exec']],
  ['user', KNOWING_USERS],
  ['ca', KNOWING_USERS],
  ['env', ['url']],
  ['client', CONNECTING],
  ['secret', CONNECTING],
  ['iam', CONNECTING],
];

/** @throws UsageError when an option has no effect, or two exclude each other */
export function checkOptions(command: Command, options: DatabaseOptions, task: DatabaseTask): void {
  for (const [name, tasks] of TAKEN_BY) {
    const value = options[name];
    if (value === undefined || tasks.includes(task)) continue;
    const flag = `--${value === false ? 'no-' : ''}${name === 'localPort' ? 'local-port' : name}`;
    throw usageError(command, `\`db ${task}\` does not take ${flag}.`, [
      `${flag} is an option of ${alternatives(tasks.map((one) => `\`db ${one}\``))}.`,
    ]);
  }
  if (options.secret !== undefined && options.iam === true)
    throw usageError(command, '--secret and --iam exclude each other.', ['Pass one of them.']);
}
