import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  closeSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type {
  RunStep,
  StepResultName,
  WindowsStep,
} from '../../../../../src/commands/cp/s3/windows/windows-step.ts';
import { execFileSync } from '../../../../support/child-process.ts';

type Say = (name: StepResultName, value: string | number) => void;

/** What a step reports when .NET throws. */
class StepProblem extends Error {
  readonly problem: string;
  readonly type: string;

  constructor(problem: string, type: string, text: string) {
    super(text);
    this.problem = problem;
    this.type = type;
  }
}

const PARTIAL_CONTENT = 206;

/**
 * Does on this machine what the scripts for PowerShell do on a target with Windows: PowerShell does not run here. Paths
 * begin with `C:/`, which is a directory.
 */
export function createWindowsTarget(drive: string): {
  readonly run: RunStep;
  readonly steps: readonly WindowsStep['kind'][];
} {
  const steps: WindowsStep['kind'][] = [];
  const at = (path: string): string => join(drive, path.replace(/^C:\//, ''));
  return {
    steps,
    async run(step, { signal, onResult }) {
      signal.throwIfAborted();
      steps.push(step.kind);
      const results = new Map<StepResultName, string>();
      const say: Say = (name, value) => {
        results.set(name, String(value));
        onResult?.(name, String(value));
      };
      try {
        await perform(step, at, say);
        say('ended', '');
      } catch (error) {
        if (!(error instanceof StepProblem)) throw error;
        say('type', error.type);
        say('text', error.message);
        say('problem', error.problem);
      }
      signal.throwIfAborted();
      return results;
    },
  };
}

async function perform(step: WindowsStep, at: (path: string) => string, say: Say): Promise<void> {
  switch (step.kind) {
    case 'facts':
      say('home', 'C:\\Users\\ssm-user');
      say('temporary', 'C:\\Temp\\');
      say('tar', '');
      return;
    case 'inspect': {
      const stats = statSync(at(step.path), { throwIfNoEntry: false });
      if (stats?.isFile() === true) {
        say('size', stats.size);
        say('modified', Math.floor(stats.mtimeMs / 1000));
      }
      say('is', stats === undefined ? 'missing' : stats.isFile() ? 'file' : 'directory');
      return;
    }
    case 'hash':
      say('sha256', hashOf(at(step.path)));
      return;
    case 'send':
      return send(step, at(step.path), say);
    case 'pack': {
      const archive = at(step.archive);
      mkdirSync(dirname(archive), { recursive: true });
      execFileSync('tar', ['-cf', archive, '-C', at(step.directory), '.']);
      say('size', statSync(archive).size);
      say('sha256', hashOf(archive));
      return;
    }
    case 'prepare':
      if (isDirectory(at(step.destination))) say('in-the-way', '');
      else writeNew(at(step.partial));
      return;
    case 'prepare-tree':
      if (existsSync(at(step.destination)) && !isDirectory(at(step.destination)))
        say('in-the-way', '');
      else mkdirSync(at(step.partial));
      return;
    case 'fetch':
      return fetchObject(step, at(step.file), say);
    case 'finish': {
      const sum = hashOf(at(step.partial));
      if (sum !== step.sha256) {
        say('hash', sum);
        return;
      }
      const { modifiedAt } = step;
      if (modifiedAt !== undefined) utimesSync(at(step.partial), modifiedAt, modifiedAt);
      renameSync(at(step.partial), at(step.destination));
      say('done', '');
      return;
    }
    case 'unpack':
      unpack(step, at, say);
      return;
    case 'remove':
      rmSync(at(step.path), { recursive: true, force: true });
      say('removed', '');
  }
}

async function send(
  step: Extract<WindowsStep, { kind: 'send' }>,
  path: string,
  say: Say,
): Promise<void> {
  const body = Buffer.alloc(step.bytes);
  const file = openSync(path, 'r');
  readSync(file, body, 0, body.length, step.from);
  closeSync(file);
  const response = await request(step.url, { method: 'PUT', body });
  say('tag', response.headers.get('etag') ?? '');
}

async function fetchObject(
  step: Extract<WindowsStep, { kind: 'fetch' }>,
  path: string,
  say: Say,
): Promise<void> {
  const present = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (present < step.size) {
    const headers = present > 0 ? { range: `bytes=${present}-` } : {};
    const response = await request(step.url, { headers });
    if (present > 0 && response.status !== PARTIAL_CONTENT)
      throw new StepProblem('request', 'RuntimeException', 'not the rest');
    try {
      for await (const chunk of response.body ?? []) writeFileSync(path, chunk, { flag: 'a' });
    } catch {
      say('size', statSync(path).size);
      throw new StepProblem('request', 'IOException', 'The connection was closed.');
    }
  }
  say('size', statSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

async function request(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch(() => undefined);
  if (response?.ok === true) return response;
  const why = response === undefined ? 'no answer' : `(${response.status}) for ${url}`;
  throw new StepProblem('request', 'WebException', `The server returned an error: ${why}`);
}

function unpack(
  step: Extract<WindowsStep, { kind: 'unpack' }>,
  at: (path: string) => string,
  say: Say,
): void {
  const archive = join(at(step.partial), 'data');
  const sum = hashOf(archive);
  if (sum !== step.sha256) {
    say('hash', sum);
    return;
  }
  const isNew = !existsSync(at(step.destination));
  const directory = isNew ? join(at(step.partial), 'tree') : at(step.destination);
  mkdirSync(directory, { recursive: true });
  execFileSync('tar', ['-xf', archive, '-C', directory]);
  if (isNew) renameSync(directory, at(step.destination));
  say('done', '');
}

function writeNew(path: string): void {
  if (!existsSync(dirname(path))) {
    throw new StepProblem('file', 'DirectoryNotFoundException', 'Could not find a part of it.');
  }
  writeFileSync(path, '', { flag: 'wx' });
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
