/**
 * Gives the system in a directory what the kernel has for programs, in a mount namespace: it ends with the command.
 */
const MOUNT_AND_RUN = `
mount -t proc proc "$1/proc" &&
mount --rbind /dev "$1/dev" &&
shift &&
exec "$@"
`;

/** Comes before a command of this system that sees that one, in a directory with `proc` and `dev`, as a whole. Needs root. */
export function besideRoot(directory: string): readonly string[] {
  return ['unshare', '--mount', '/bin/sh', '-c', MOUNT_AND_RUN, 'sh', directory];
}

/** Comes before a command that runs in that system. Needs root. */
export function insideRoot(directory: string): readonly string[] {
  return [...besideRoot(directory), 'chroot', directory];
}
