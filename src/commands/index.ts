import type { CommandEntry } from '../cli/framework/command-line.ts';

/**
 * The commands of the program, in the order of the help. This table is the only list of them: the help,
 * the completion scripts and, by way of `COMMAND_NAMES` in `src/main.ts`, the dispatch of the arguments
 * read it. The module of a command is loaded when the command is called.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'shell',
    summary: 'open a shell on a target',
    waitsFor: 'target',
    load: async () => (await import('./shell/shell.ts')).configureShell,
  },
  {
    name: 'exec',
    summary: 'run one command on a target',
    waitsFor: 'target',
    load: async () => (await import('./exec/exec.ts')).configureExec,
  },
  {
    name: 'cp',
    summary: 'copy files and directories to or from a target',
    takesBytes: true,
    waitsFor: 'target',
    load: async () => (await import('./cp/cp.ts')).configureCp,
  },
  {
    name: 'forward',
    summary: 'forward local ports to a target, or to hosts it can reach',
    waitsFor: 'target',
    load: async () => (await import('./forward/forward.ts')).configureForward,
  },
  {
    name: 'proxy',
    summary: 'reach all hosts that a target can reach, by SOCKS or HTTP',
    waitsFor: 'target',
    load: async () => (await import('./proxy/proxy.ts')).configureProxy,
  },
  {
    name: 'db',
    summary: 'list databases, or reach one through a managed node in its VPC',
    waitsFor: 'target',
    takesAccounts: true,
    load: async () => (await import('./forward/db/db.ts')).configureDb,
  },
  {
    name: 'rdp',
    summary: 'show the desktop of a target in an RDP client',
    waitsFor: 'target',
    load: async () => (await import('./forward/desktop/rdp.ts')).configureRdp,
  },
  {
    name: 'vnc',
    summary: 'show the desktop of a target in a VNC client',
    waitsFor: 'target',
    load: async () => (await import('./forward/desktop/vnc.ts')).configureVnc,
  },
  {
    name: 'ssh',
    summary: 'log in to a target with ssh and a temporary key',
    waitsFor: 'target',
    load: async () => (await import('./ssh/ssh.ts')).configureSsh,
  },
  {
    name: 'ssh-proxy',
    summary: 'connect ssh to a target, as its ProxyCommand',
    waitsFor: 'target',
    load: async () => (await import('./ssh-proxy/ssh-proxy.ts')).configureSshProxy,
  },
  {
    name: 'ssh-config',
    summary: 'print the lines for ~/.ssh/config to reach targets by id',
    load: async () => (await import('./ssh-config/ssh-config.ts')).configureSshConfig,
  },
  {
    name: 'start-session',
    summary: 'start a session with any document',
    waitsFor: 'target',
    load: async () => (await import('./start-session/start-session.ts')).configureStartSession,
  },
  {
    name: 'targets',
    summary: 'list the managed nodes, or ECS containers',
    waitsFor: 'nodes',
    takesAccounts: true,
    load: async () => (await import('./targets/targets.ts')).configureTargets,
  },
  {
    name: 'connections',
    summary: 'list, check or add the targets that you have named in files',
    load: async () => (await import('./connections/connections.ts')).configureConnections,
  },
  {
    name: 'up',
    summary: 'forward the ports of connections, in the background with --detach',
    load: async () => (await import('./up/up.ts')).configureUp,
  },
  {
    name: 'status',
    summary: 'show the connections that are up',
    load: async () => (await import('./status/status.ts')).configureStatus,
  },
  {
    name: 'down',
    summary: 'end connections that are up',
    load: async () => (await import('./down/down.ts')).configureDown,
  },
  {
    name: 'logs',
    summary: 'print the messages of connections that are up',
    load: async () => (await import('./logs/logs.ts')).configureLogs,
  },
  {
    name: 'sessions',
    summary: 'list open or past sessions, or end open ones',
    load: async () => (await import('./sessions/sessions.ts')).configureSessions,
  },
  {
    name: 'access',
    summary: 'list your requests for just-in-time access',
    load: async () => (await import('./access/access.ts')).configureAccess,
  },
  {
    name: 'play',
    summary: 'replay a recorded shell',
    load: async () => (await import('./play/play.ts')).configurePlay,
  },
  {
    name: 'doctor',
    summary: 'find out why sessions fail, and how to fix it',
    load: async () => (await import('./doctor/doctor.ts')).configureDoctor,
  },
  {
    name: 'completion',
    summary: 'print a completion script for your shell',
    load: async () => (await import('./completion/completion.ts')).configureCompletion,
  },
  {
    name: '__complete',
    summary: 'print the words that may follow, for completion scripts',
    isHidden: true,
    load: async () => (await import('./completion/complete.ts')).configureComplete,
  },
  {
    name: '__keyless-prepare',
    summary: 'prepare what ssh includes, for ssh-config --keyless',
    isHidden: true,
    waitsFor: 'target',
    load: async () => (await import('./ssh-config/keyless/prepare.ts')).configurePrepare,
  },
  {
    name: '__keyless-connect',
    summary: 'connect ssh to a target without keys, for ssh-config --keyless',
    isHidden: true,
    waitsFor: 'target',
    load: async () => (await import('./ssh-config/keyless/connect.ts')).configureConnect,
  },
  {
    name: '__supervise',
    summary: 'run connections in the background, for up',
    isHidden: true,
    load: async () => (await import('./supervise/supervise.ts')).configureSupervise,
  },
  {
    name: '__connection',
    summary: 'forward the ports of one connection, for the supervisor',
    isHidden: true,
    load: async () =>
      (await import('./forward/background/run-connection.ts')).configureRunConnection,
  },
  {
    name: '__ssh-connect',
    summary: 'push the key and connect, for ssh',
    isHidden: true,
    waitsFor: 'target',
    load: async () => (await import('./ssh/connect.ts')).configureSshConnect,
  },
  {
    name: '__manual',
    summary: 'print the manual page',
    isHidden: true,
    load: async () => (await import('./manual/manual.ts')).configureManual,
  },
];
