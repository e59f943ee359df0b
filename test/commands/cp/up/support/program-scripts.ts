import type { TargetKind } from './local-target.ts';

/** The words of a program of a target itself, for a script that replaces it. */
export function ownProgram({ busybox }: TargetKind, name: string): string {
  return busybox.includes(name) ? `/usr/bin/busybox ${name}` : `/usr/bin/${name}`;
}

/** A program that does nothing. */
export const NOTHING = 'exit 0';
