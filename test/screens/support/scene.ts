import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { takenPort as takePort } from '../../program/commands/support/forwarding.ts';
import { ROOT } from '../../docs/support/markdown.ts';
import type { CommandTarget } from '../../program/commands/support/run-command.ts';
import { programCommand, type Environment } from '../../program/support/program.ts';
import {
  startCommandInTerminal,
  type TerminalOptions,
  type TerminalProgram,
} from '../../program/support/terminal-program.ts';
import { PROMPT } from '../../program/support/target.ts';
import { untilShown } from '../../program/support/until-shown.ts';
import type { CleanupScope } from '../../support/cleanup-scope.ts';
import { render, type Screen } from '../../support/screen.ts';
import { constantText, type Replacement } from './constant-text.ts';

/** One call of the program, and what a person does until the screen is looked at. */
export interface Scene {
  /** Of the file with the screens, without `.txt`. */
  readonly name: string;
  readonly args: readonly string[];
  /** What a shell reads after `args`, such as `< /dev/null`. */
  readonly shell?: string;
  /** The failures that it shows, by their codes in `src/failures/`. */
  readonly failures?: readonly string[];
  /** Replaces the program. */
  readonly command?: readonly [string, ...string[]];
  /** AWS and the machines for one run. */
  readonly target: (t: TestContext) => Promise<SceneTarget>;
  readonly env?: Environment;
  /** Files in the home directory, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** A local port of `args` that another program uses. */
  readonly takenPort?: string;
  /** Rows of the terminal: 24 by default. */
  readonly rows?: number;
  /** Acts until the screen is as wanted. Without it, the program runs until its end. */
  readonly play?: (stage: Stage) => Promise<void>;
  /** The file shows how the texts look, too. */
  readonly looks?: boolean;
}

/** AWS and the machines of a scene. */
interface SceneTarget extends CommandTarget {
  /** Texts of it that vary. */
  readonly replacements?: readonly Replacement[];
}

/** A program in a terminal, and the person before it. */
export interface Stage {
  readonly t: TestContext;
  readonly program: TerminalProgram;
  readonly aws: LocalAws;
  /**
   * Resolves when the terminal shows what is awaited. The screen that is looked at in the end is the one of
   * the last call.
   */
  readonly until: (what: string, reached: (screen: Screen) => boolean) => Promise<void>;
  /** Waits for the end of the program, and looks at the screen then. */
  readonly end: () => Promise<void>;
  /** Has a text that varies replaced by one of the same length. */
  readonly replace: (varying: string, constant: string) => void;
}

/** What a terminal of one width has shown. */
export interface Recording {
  readonly screen: Screen;
  /** Undefined for a program that was still running. */
  readonly status: number | undefined;
}

const DEFAULT_ROWS = 24;
/** As long as the name of a temporary directory, whose last characters vary. */
const TEMPORARY_HOME = '/tmp/s-';
const SHOWN_HOME = '/home/charles';
/** Times are printed for the place of the machine, in its language. */
const PLACE: Environment = { TZ: 'UTC', LANG: 'C.UTF-8' };

/** Where the runtime keeps what it has compiled, as packages do: a start takes a fifth less. */
const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'screens') };

/** Runs a scene in a terminal of this width. */
export async function record(t: TestContext, scene: Scene, cols: number): Promise<Recording> {
  const size = { cols, rows: scene.rows ?? DEFAULT_ROWS };
  const target = await scene.target(t);
  const { args, env, replacements } = await prepare(t, scene);
  replacements.push(...(target.replacements ?? []));
  const command = scene.command ?? programCommand(args);
  const program = await startCommandInTerminal(t, command, {
    env: { ...COMPILED, ...target.env, ...env },
    size,
    ...inShell(scene),
  });
  const outputOf = (text: string): string => constantText(text, target.aws.endpoint, replacements);
  let recording: Recording | undefined;
  const look = async (text: string, status: number | undefined): Promise<Screen> => {
    const screen = await render(outputOf(text), { size });
    recording = { screen, status };
    return screen;
  };
  const stage: Stage = {
    t,
    program,
    aws: target.aws,
    until: (what, reached) =>
      untilShown(program.screen, (text) => look(text, undefined), what, reached),
    async end() {
      const { status } = await program.end();
      await look(program.screen.text, status);
    },
    replace: (varying, constant) => void replacements.push([varying, constant]),
  };
  await (scene.play ?? ((unattended: Stage) => unattended.end()))(stage);
  assert.ok(recording, 'nothing was looked at');
  return recording;
}

/** Waits for the prompt of the shell on the target. */
export function untilPrompt({ until }: Stage): Promise<void> {
  return until('the prompt', ({ beforeCursor }) => beforeCursor === PROMPT);
}

/** Has a shell run the program where its command line needs one. */
function inShell({ shell }: Scene): Pick<TerminalOptions, 'through'> {
  return shell === undefined ? {} : { through: ['/bin/sh', '-c', `exec "$@" ${shell}`, 'sh'] };
}

/** What a run differs in from what its file shows. */
interface Prepared {
  readonly args: readonly string[];
  readonly env: Environment;
  readonly replacements: Replacement[];
}

async function prepare(t: TestContext, { args, env, files, takenPort }: Scene): Promise<Prepared> {
  const replacements: Replacement[] = [];
  const home = files === undefined ? {} : makeHome(t, files, replacements);
  const prepared = { env: { ...PLACE, ...home, ...env }, replacements };
  if (takenPort === undefined) return { ...prepared, args };
  const port = String(await takePort(t));
  replacements.push([port, takenPort]);
  return { ...prepared, args: args.map((arg) => arg.replace(takenPort, port)) };
}

function makeHome(
  scope: CleanupScope,
  files: Readonly<Record<string, string>>,
  replacements: Replacement[],
): Environment {
  const home = mkdtempSync(TEMPORARY_HOME);
  scope.after(() => rmSync(home, { recursive: true, force: true }));
  assert.equal(home.length, SHOWN_HOME.length);
  replacements.push([home, SHOWN_HOME]);
  for (const [path, content] of Object.entries(files)) {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, content, { mode: 0o600 });
  }
  return { HOME: home };
}
