import { spawnSync } from './child-process.ts';

/** Runs the rest of its arguments so that what it mounts is seen by that program alone. */
export const PRIVATE_MOUNTS: readonly string[] = ['unshare', '--mount'];
const [program = '', ...args] = PRIVATE_MOUNTS;
const trial = spawnSync(program, [...args, 'true'], { encoding: 'utf8' });

/** What tests need that mount a small disk. */
export const MOUNTS = {
  obstacle: trial.status === 0 ? undefined : 'only root can mount a small disk, by unshare',
};
