import { tmpdir } from 'node:os';
import type { AgentOptions } from '../agent-options.ts';

const DEFAULT_SHELL = '/bin/sh';
/**
 * Where shells and commands start: `/usr/bin` with the agent, whose service has it as its working directory
 * (`amazon-ssm-agent.service`). Only root can write there, and tests that run as root must not: this directory is like it,
 * but not even root can write there.
 */
export const START_DIRECTORY = process.platform === 'linux' ? '/proc' : '/';

/** How a shell or command of a session is run. */
export interface CommandEnvironment {
  readonly shell: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Small and the same everywhere, so that the output of a shell is known. */
export function commandEnvironment(options: AgentOptions): CommandEnvironment {
  return {
    shell: options.shell ?? DEFAULT_SHELL,
    directory: START_DIRECTORY,
    environment: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: options.home ?? tmpdir(),
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      PS1: '$ ',
      PS2: '> ',
      // No history file and no start-up file of the user who runs the tests.
      HISTFILE: '',
      ENV: '',
      ...options.environment,
    },
  };
}

/** Arguments that keep a shell from reading start-up files. */
export function interactiveArguments(shell: string): string[] {
  return shell.endsWith('/bash') ? ['--norc', '--noprofile'] : [];
}
