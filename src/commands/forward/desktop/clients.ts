import { desktopFailures } from '../../../failures/desktops.ts';
import { findProgram } from '../../../lib/find-program.ts';
import { CommandError, type CommandContext } from '../../../cli/framework/command-context.ts';

/** Where a client connects. */
export interface DesktopPlace {
  /** The local address, as in a URL, and port: `127.0.0.1:13389`, `[::1]:13389`. */
  readonly place: string;
  readonly user: string;
  /** A file of RDP that names both; empty for a client that does not open it. */
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
  /** Whether it opens a file of RDP. */
  readonly opensFile?: true;
}

/** How desktops are shown. */
export interface DesktopProtocol {
  readonly name: string;
  /** The clients for it, the preferred ones first. */
  readonly clientsOn: (platform: NodeJS.Platform) => readonly DesktopClient[];
}

/** @param options - before the file */
function fileClient(program: string, ...options: readonly string[]): DesktopClient {
  return { program, opensFile: true, args: ({ file }) => [...options, file] };
}

/** FreeRDP 2 and 3. The session ends at the target itself, so its certificate, which has another name, would prove nothing more. */
const FREE_RDP = {
  readsPassword: true,
  args: ({ place, user, hasPassword }: DesktopPlace) => [
    `/v:${place}`,
    `/u:${user}`,
    '/dynamic-resolution',
    '+clipboard',
    // Without a password, FreeRDP asks for it, and for the certificate, in the terminal.
    ...(hasPassword ? ['/cert:ignore', '/from-stdin:force'] : []),
  ],
} as const;

/** macOS opens the file with the app that is installed for it, such as Windows App. */
export const RDP: DesktopProtocol = {
  name: 'RDP',
  clientsOn(platform) {
    const freeRdp = ['xfreerdp3', 'xfreerdp'].map((program) => ({ program, ...FREE_RDP }));
    if (platform === 'win32') return [fileClient('mstsc')];
    if (platform === 'darwin') return [fileClient('open', '-W'), ...freeRdp];
    return [...freeRdp, fileClient('remmina', '-c')];
  },
};

const VIEWER: DesktopClient = {
  program: 'vncviewer',
  // Two colons: a port, and not the number of a display (vncviewer(1)).
  args: ({ place }) => [place.replace(/:(?=\d+$)/, '::')],
};

/** @param option - before the URL */
function urlClient(program: string, option: string): DesktopClient {
  return { program, args: ({ place }) => [option, `vnc://${place}`] };
}

export const VNC: DesktopProtocol = {
  name: 'VNC',
  clientsOn(platform) {
    if (platform === 'win32') return [VIEWER];
    if (platform === 'darwin') return [urlClient('open', '-W'), VIEWER];
    return [VIEWER, urlClient('remmina', '-c')];
  },
};

/**
 * The client that the user has named, or the preferred one of those on PATH.
 *
 * @throws CommandError when there is none
 */
export function findClient(
  { env, platform }: Pick<CommandContext, 'env' | 'platform'>,
  { name, clientsOn }: DesktopProtocol,
  { client: wanted, port }: { readonly client?: string; readonly port: string },
): DesktopClient {
  const clients = clientsOn(platform);
  const candidates = clients.filter(({ program }) => wanted === undefined || program === wanted);
  if (wanted !== undefined && candidates.length === 0)
    throw new CommandError(desktopFailures['desktop-client-unknown'](wanted, programsOf(clients)));
  const found = candidates.find(({ program }) => findProgram(program, env, platform) !== undefined);
  if (found !== undefined) return found;
  throw new CommandError(
    desktopFailures['desktop-client-missing'](
      name,
      programsOf(candidates),
      `forward TARGET ${port}`,
    ),
  );
}

function programsOf(clients: readonly DesktopClient[]): readonly string[] {
  return clients.map(({ program }) => program);
}
