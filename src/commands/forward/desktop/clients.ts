import { desktopFailures } from '../../../failures/desktops.ts';
import { findProgram } from '../../../lib/find-program.ts';
import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';

/** Where a client connects. */
export interface DesktopPlace {
  /** The local port. */
  readonly port: number;
  readonly user: string;
  /** A file of RDP that names both; empty where no client needs one. */
  readonly file: string;
  /** Whether the client gets the password on its stdin. */
  readonly hasPassword: boolean;
}

/** A program that shows a desktop, and ends with it. */
export interface DesktopClient {
  readonly program: string;
  readonly args: (place: DesktopPlace) => readonly string[];
  /** Whether it reads the password from stdin. */
  readonly readsPassword?: true;
}

/** The clients for one protocol, the preferred ones first. */
export type DesktopClients = (platform: NodeJS.Platform) => readonly DesktopClient[];

const OPEN_FILE: DesktopClient['args'] = ({ file }) => [file];
/** FreeRDP 2 and 3. The connection ends in the machine itself: its certificate, which has another name, proves nothing more. */
const FREE_RDP = {
  readsPassword: true,
  args: ({ port, user, hasPassword }: DesktopPlace) => [
    `/v:127.0.0.1:${port}`,
    `/u:${user}`,
    '/dynamic-resolution',
    '+clipboard',
    // Without a password, FreeRDP asks for it, and for the certificate, in the terminal.
    ...(hasPassword ? ['/cert:ignore', '/from-stdin:force'] : []),
  ],
} as const;

/** Clients for RDP. macOS opens the file with the app that is installed for it, such as Windows App. */
export const RDP_CLIENTS: DesktopClients = (platform) => {
  if (platform === 'win32') return [{ program: 'mstsc', args: OPEN_FILE }];
  const freeRdp = ['xfreerdp3', 'xfreerdp'].map((program) => ({ program, ...FREE_RDP }));
  const others =
    platform === 'darwin'
      ? [{ program: 'open', args: ({ file }: DesktopPlace) => ['-W', file] }]
      : [{ program: 'remmina', args: ({ file }: DesktopPlace) => ['-c', file] }];
  return platform === 'darwin' ? [...others, ...freeRdp] : [...freeRdp, ...others];
};

const VIEWERS: readonly DesktopClient[] = [
  { program: 'vncviewer', args: ({ port }) => [`127.0.0.1::${port}`] },
];

/** Clients for VNC. */
export const VNC_CLIENTS: DesktopClients = (platform) => {
  const url = ({ port }: DesktopPlace): string => `vnc://127.0.0.1:${port}`;
  if (platform === 'win32') return VIEWERS;
  if (platform === 'darwin')
    return [{ program: 'open', args: (place) => ['-W', url(place)] }, ...VIEWERS];
  return [...VIEWERS, { program: 'remmina', args: (place) => ['-c', url(place)] }];
};

/** What the client of a desktop is searched by. */
export interface ClientSearch {
  readonly what: string;
  readonly clients: readonly DesktopClient[];
  /** The name of the one that the user wants. */
  readonly wanted: string | undefined;
  /** A command line that forwards the port. */
  readonly forwarding: string;
}

/** @throws CommandError when there is none */
export function findClient(
  { env, platform }: Pick<CommandContext, 'env' | 'platform'>,
  { what, clients, wanted, forwarding }: ClientSearch,
): DesktopClient {
  const known = clients.map(({ program }) => program);
  const candidates = clients.filter(({ program }) => wanted === undefined || program === wanted);
  if (wanted !== undefined && candidates.length === 0)
    throw new CommandError(desktopFailures['desktop-client-unknown'](wanted, known));
  const found = candidates.find(({ program }) => findProgram(program, env, platform) !== undefined);
  if (found !== undefined) return found;
  const names = candidates.map(({ program }) => program);
  throw new CommandError(desktopFailures['desktop-client-missing'](what, names, forwarding));
}
