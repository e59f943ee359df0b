import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { PUSH_WAYS, type PushWay } from '../../cli/ssh/push-key.ts';
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

/** Sets by what the key is pushed from now on. */
export function writeWay({ way: path, pushed }: RunFiles, way: PushWay): void {
  rmSync(pushed, { force: true });
  writeFileSync(path, way);
}

/** The way that the run has chosen. */
export function readWay({ way: path }: RunFiles): PushWay {
  const name = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return PUSH_WAYS.find((one) => one === name) ?? 'command';
}

/** @throws an error of the file system */
export function writePushed({ pushed: path }: RunFiles, pushed: Pushed): void {
  writeFileSync(path, JSON.stringify(pushed));
}
