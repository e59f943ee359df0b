import { defineFailures } from '../lib/errors/failure.ts';

const OTHER_PORT = 'Choose another local port, or 0 for any free one';

/** Failures of listening on this machine. `address` is an IP address or a host name. */
export const portFailures = defineFailures({
  'port-in-use': {
    reason: 'in-use',
    text: (address: string, port: number) => [
      `Local port ${port} of ${address} is already in use`,
      OTHER_PORT,
    ],
  },
  'port-not-permitted': {
    reason: 'not-permitted',
    text: (address: string, port: number) => [
      `You are not allowed to listen on port ${port} of ${address}`,
      'Choose a local port of 1024 or above, or 0 for any free one',
    ],
  },
  'address-not-local': {
    reason: 'unavailable',
    text: (address: string) => [
      `${address} is not an address of this machine`,
      'Pass another address, or correct SSM_PLUGIN_LOCAL_HOST',
    ],
  },
  'listen-host-unknown': {
    reason: 'no-such-host',
    text: (host: string) => [
      `The host name ${host} does not exist`,
      'Pass another address, or correct SSM_PLUGIN_LOCAL_HOST',
    ],
  },
  'listen-failed': {
    reason: 'unavailable',
    text: (where: string, why: string) => [`Cannot listen on ${where}: ${why}`, OTHER_PORT],
  },
  'too-many-open-files': {
    reason: 'unavailable',
    text: (where: string) => [
      `Cannot listen on ${where}: too many files are open`,
      'Close other programs, or raise the limit with `ulimit -n`',
    ],
  },
  'port-invalid': {
    reason: 'unavailable',
    text: (port: string) => [`${port} is not a local port`, 'Use a number from 0 to 65535'],
  },
  'socket-path-missing': {
    reason: 'unavailable',
    text: () => ['The path of the Unix socket is missing', 'Set the parameter localUnixSocket'],
  },
  'socket-in-use': {
    reason: 'in-use',
    text: (path: string) => [
      `The Unix socket ${path} already exists`,
      'If no program listens on it, remove the file. Otherwise choose another path',
    ],
  },
  'socket-directory-missing': {
    reason: 'no-such-directory',
    text: (path: string) => [
      `The directory of the Unix socket ${path} does not exist`,
      'Make the directory, or choose another path',
    ],
  },
  'socket-not-permitted': {
    reason: 'not-permitted',
    text: (path: string) => [
      `You are not allowed to make the Unix socket ${path}`,
      'Choose a path in a directory of your own',
    ],
  },
  'socket-path-too-long': {
    reason: 'path-too-long',
    text: (path: string, bytes: number, limit: number) => [
      `The path of the Unix socket ${path} has ${bytes} bytes, and this system allows ${limit}`,
      'Choose a shorter path',
    ],
  },
  'socket-not-a-pipe': {
    reason: 'unavailable',
    text: (path: string) => [
      `${path} is not a named pipe, and Windows has no Unix sockets for this program`,
      String.raw`Name a pipe, such as \\.\pipe\NAME`,
    ],
  },
});
