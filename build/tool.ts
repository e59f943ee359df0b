import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isExecutable } from '../src/lib/find-program.ts';
import { BuildError } from './runtime/build-error.mjs';
import { hasCode } from './runtime/setup.mjs';

/** A program of the system that makes or checks part of a package. */
export interface Tool {
  /** Its name on PATH, or its path. */
  readonly program: string;
  /** The package of Debian and Ubuntu that brings it. */
  readonly debianPackage: string;
}

/** How a tool is run. */
export interface ToolOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** After this time the tool is killed. None by default. */
  readonly limitMs?: number;
  /** A file to which the tool writes, for one that cannot write to a pipe. */
  readonly outputFile?: string;
}

/** A tool is missing or has failed. The message names it, its output, and what to do. */
export class ToolError extends BuildError {
  override readonly name = 'ToolError';
}

/** This machine or its network lacks what is needed, so a target can be left out. */
export class UnavailableError extends ToolError {}

/** Tools are not there. */
export class MissingToolError extends UnavailableError {
  constructor(tools: readonly Tool[]) {
    super(tools.map(missingToolText).join('; '));
  }
}

/** The message about a missing tool and the package that provides it; {@link missingToolsIn} reads it. */
export function missingToolText({ program, debianPackage }: Tool): string {
  return `${program} is missing: install the package ${debianPackage} (Debian, Ubuntu)`;
}

/** The missing tools that a text names, as {@link missingToolText} writes them. */
export function missingToolsIn(text: string): readonly Tool[] {
  const named = text.matchAll(/(\S+) is missing: install the package (\S+) \(Debian, Ubuntu\)/g);
  return [...named].map(([, program = '', debianPackage = '']) => ({ program, debianPackage }));
}

/** Those of the tools that are not there. */
export function missingTools(tools: readonly Tool[]): readonly Tool[] {
  return tools.filter((tool) => findTool(tool) === undefined);
}

/** @throws MissingToolError that names every tool that is not there */
export function requireTools(tools: readonly Tool[]): void {
  const missing = missingTools(tools);
  if (missing.length > 0) throw new MissingToolError(missing);
}

/** Where the program is, or undefined when it is not there. By its path, it may be any file. */
export function findTool({ program }: Tool): string | undefined {
  if (program.includes('/')) return existsSync(program) ? program : undefined;
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  return directories.map((directory) => join(directory, program)).find(isExecutable);
}

/** Output of a tool that lists a whole package is long. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs a tool to its end, without a shell.
 *
 * @returns what it printed on its standard output
 * @throws MissingToolError when it is not there, ToolError when it ends with another status than 0
 */
export function runTool(tool: Tool, args: readonly string[], options: ToolOptions = {}): Buffer {
  const path = findTool(tool);
  if (path === undefined) throw new MissingToolError([tool]);
  const { outputFile } = options;
  const destination = outputFile === undefined ? 'pipe' : openSync(outputFile, 'w');
  const { error, status, signal, stdout, stderr } = spawnSync(path, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    input: options.input ?? '',
    stdio: ['pipe', destination, destination],
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: options.limitMs,
    killSignal: 'SIGKILL',
  });
  if (typeof destination === 'number') closeSync(destination);
  if (error !== undefined && hasCode(error, 'ETIMEDOUT')) {
    throw new ToolError(`${path} has not ended within ${(options.limitMs ?? 0) / 1000} s`);
  }
  if (error !== undefined) throw new ToolError(`${path} cannot be run: ${error.message}`);
  const output =
    outputFile === undefined ? Buffer.concat([stdout, stderr]) : readFileSync(outputFile);
  if (status !== 0) {
    const text = output.toString('utf8').trim();
    throw new ToolError(`${path} ended with ${signal ?? `status ${status ?? ''}`}: ${text}`);
  }
  return outputFile === undefined ? stdout : output;
}
