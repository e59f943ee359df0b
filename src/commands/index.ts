import type { CommandEntry } from '../cli/framework/command-line.ts';

/**
 * The commands of the program, in the order of the help. This table is the only list of them: the help,
 * the completion scripts and, by way of `COMMAND_NAMES` in `src/main.ts`, the dispatch of the arguments
 * read it. The module of a command is loaded when the command is called.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'shell',
    summary: 'a shell on a target',
    load: async () => (await import('./shell/shell.ts')).configureShell,
  },
  {
    name: 'exec',
    summary: 'one command on a target, with its output and exit status',
    load: async () => (await import('./exec/exec.ts')).configureExec,
  },
  {
    name: 'forward',
    summary: 'ports of this machine that lead to a target, or to hosts it can reach',
    load: async () => (await import('./forward/forward.ts')).configureForward,
  },
  {
    name: 'ssh-proxy',
    summary: "the connection below ssh, as ssh's ProxyCommand",
    load: async () => (await import('./ssh-proxy/ssh-proxy.ts')).configureSshProxy,
  },
  {
    name: 'ssh-config',
    summary: 'the lines for ssh_config to reach targets by their ids',
    load: async () => (await import('./ssh-config/ssh-config.ts')).configureSshConfig,
  },
  {
    name: 'start-session',
    summary: 'a session with any document',
    load: async () => (await import('./start-session/start-session.ts')).configureStartSession,
  },
  {
    name: 'targets',
    summary: 'the machines there are',
    load: async () => (await import('./targets/targets.ts')).configureTargets,
  },
  {
    name: 'sessions',
    summary: 'your open sessions',
    load: async () => (await import('./sessions/sessions.ts')).configureSessions,
  },
  {
    name: 'doctor',
    summary: 'what is wrong, and the fix',
    load: async () => (await import('./doctor/doctor.ts')).configureDoctor,
  },
  {
    name: 'completion',
    summary: 'the script with which a shell completes these commands',
    load: async () => (await import('./completion/completion.ts')).configureCompletion,
  },
];
