/** All systems except Windows keep only these bits of a program's exit status (`WEXITSTATUS` of POSIX). */
const STATUS_MASK = 0xff;
const FAILURE = 1;

/**
 * The exit status of this program for the one that the remote side has reported. Commands of Windows have a
 * status of 32 bits: without this, one whose low byte is 0 would become a success.
 */
export function systemStatus(reported: number, platform: NodeJS.Platform): number {
  if (platform === 'win32') return reported;
  const status = reported & STATUS_MASK;
  return status === 0 && reported !== 0 ? FAILURE : status;
}
