import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { PUSH_WAYS, type PushWay } from '../../cli/ssh/push-key.ts';
import { attempt } from '../../cli/storage/run-directory.ts';
import { parseObject } from '../../lib/json.ts';
import type { RunFiles } from './ssh-options.ts';

/** A key that the target accepts for a while. */
export interface Pushed {
  readonly way: PushWay;
  /** When it was pushed, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether a connection has begun to use it. */
  readonly isUsed: boolean;
}

/** @returns undefined when the key has not been pushed */
export function readPushed({ pushed: path }: RunFiles): Pushed | undefined {
  try {
    const { way: name, at, isUsed } = parseObject(readFileSync(path, 'utf8')) ?? {};
    const way = PUSH_WAYS.find((one) => one === name);
    if (way === undefined || typeof at !== 'number') return undefined;
    return { way, at, isUsed: isUsed === true };
  } catch {
    return undefined;
  }
}

/** Sets how the key is pushed from now on. @throws CommandError when the directory of the run cannot be used */
export function writeWay({ directory, way: path, pushed }: RunFiles, way: PushWay): Promise<void> {
  return attempt(directory, async () => {
    await rm(pushed, { force: true });
    await writeFile(path, way);
  });
}

/** The way that the run has chosen. */
export function readWay({ way: path }: RunFiles): PushWay {
  const name = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return PUSH_WAYS.find((one) => one === name) ?? 'command';
}

/** @throws CommandError when the directory of the run cannot be used */
export function writePushed({ directory, pushed: path }: RunFiles, pushed: Pushed): Promise<void> {
  return attempt(directory, () => writeFile(path, JSON.stringify(pushed)));
}
