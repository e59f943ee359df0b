import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { format } from 'prettier';
import type { Tool } from '../../../build/tool.ts';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import type { Environment } from '../../program/support/program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { requireTools } from '../../support/require-tools.ts';
import { programsOf } from './needed-programs.ts';
import { startAccount, type AccountOptions } from './account.ts';
import { createAliases } from './aliases.ts';
import { parseConsoleBlock } from './console-block.ts';
import { createMachine, type Machine } from './machine.ts';
import { readDocument, type Block, type Section } from './markdown.ts';
import { openTerminal, type Typist } from './typist.ts';
import { workflowScripts } from './workflow.ts';

/** What the examples of a section find besides the account and an empty home directory. */
export interface Circumstances {
  readonly account?: AccountOptions;
  /** Names of the guide, and what replaces each on this machine. */
  readonly aliases?: (aws: LocalAws) => Readonly<Record<string, string>>;
  readonly env?: Environment;
  /** Files in the home directory, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs before all others on PATH: what a shell runs. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** How a guide is tested. */
export interface GuideOptions {
  /** Programs that preparing a section takes; those that its blocks run are known. */
  readonly tools?: readonly Tool[];
  /** Sections whose blocks are run by other tests. */
  readonly elsewhere?: readonly string[];
  /** Prepares a section. */
  readonly prepare?: (t: TestContext, heading: string) => Promise<Circumstances> | Circumstances;
}

/** What to do with the blocks of a kind. */
type Run = (block: Block, reader: Reader) => Promise<void>;

/** The reader of one section. */
interface Reader {
  readonly machine: Machine;
  /** The terminal that waits for a command; without one, it is opened. */
  terminal(): Promise<Typist>;
  /** The last command is still running. */
  keep(terminal: Typist): void;
}

/** Blocks that are only read. */
const NOT_RUN = 'text';

const RUN: Readonly<Record<string, Run>> = {
  console: runConsole,
  sh: runScript,
  ini: writeFile,
  xml: writeFile,
  toml: writeFile,
  'ssh-config': writeFile,
  yaml: runWorkflow,
};

/**
 * Runs every example of a guide: a test for each section that has any. The blocks of a section are
 * followed in their order, on a machine and in an account of their own.
 */
export function testGuide(
  path: string,
  { tools = [], elsewhere = [], prepare }: GuideOptions = {},
): void {
  const { sections } = readDocument(path);
  describe(path, () => {
    for (const section of sections) {
      const blocks = section.blocks.filter(({ kind }) => kind !== NOT_RUN);
      if (blocks.length === 0 || elsewhere.includes(section.heading)) continue;
      it(section.heading, async (t) => {
        if (!requireTools(t, ...programsOf(blocks), ...tools)) return;
        await follow(t, path, section, (await prepare?.(t, section.heading)) ?? {});
      });
    }
    for (const heading of elsewhere) {
      it(`${heading}: is run by other tests`, () => {
        assert.ok(sections.some((section) => section.heading === heading && section.blocks.length));
      });
    }
  });
}

async function follow(
  t: TestContext,
  path: string,
  { blocks }: Section,
  { account, aliases: names, env, files = {}, programs }: Circumstances,
): Promise<void> {
  const directory = temporaryDirectory(t);
  const aliases = await createAliases();
  const aws = await startAccount(t, join(directory, 'target'), aliases, account);
  for (const [name, real] of Object.entries(names?.(aws) ?? {})) aliases.add(name, real);
  const machine = createMachine(t, directory, { aws, aliases, env, programs });
  for (const [file, content] of Object.entries(files)) machine.write(file, content);
  let free: Typist | undefined;
  const busy: Typist[] = [];
  const reader: Reader = {
    machine,
    terminal: async () => (free ??= await openTerminal(t, machine, aliases)),
    keep(terminal) {
      busy.push(terminal);
      free = undefined;
    },
  };
  for (const block of blocks) {
    if (block.kind === NOT_RUN) continue;
    const run = RUN[block.kind];
    const place = `${path}:${block.line}`;
    assert.ok(run, `${place}: no test runs a block of the kind "${block.kind}"`);
    try {
      await run(block, reader);
    } catch (error) {
      if (error instanceof Error) error.message = `${place}: ${error.message}`;
      throw error;
    }
  }
  for (const terminal of busy) await terminal.leave();
}

async function runConsole({ text }: Block, reader: Reader): Promise<void> {
  const block = parseConsoleBlock(text);
  assert.ok(block.steps.length > 0, 'a block of the kind "console" begins with a command');
  const terminal = await reader.terminal();
  await terminal.type(block);
  if (block.goesOn) reader.keep(terminal);
}

async function runScript({ text }: Block, { machine }: Reader): Promise<void> {
  const end = await machine.runScript(text);
  assert.equal(end.status, 0, `the script has failed: ${JSON.stringify(end)}`);
}

/** What follows uses the file: a configuration that cannot be read makes it fail. */
function writeFile({ text, path }: Block, { machine }: Reader): Promise<void> {
  assert.ok(path, 'the paragraph before the block names no file for it');
  machine.write(path, text);
  return Promise.resolve();
}

/** Continuous integration runs the commands of its steps; where they run is its own business. */
async function runWorkflow({ text }: Block, { machine }: Reader): Promise<void> {
  await format(text, { parser: 'yaml' });
  const scripts = workflowScripts(text);
  assert.ok(scripts.length > 0, 'a workflow has commands');
  const end = await machine.runScript(scripts.join(''));
  assert.equal(end.status, 0, `the workflow has failed: ${JSON.stringify(end)}`);
}
