import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { quoteForShell } from '../../../src/lib/quote-for-shell.ts';
import { ROOT } from '../../docs/support/markdown.ts';
import type { needs } from '../../support/require-tools.ts';
import { assertShown } from './failures/failure-texts.ts';
import { createTurns } from './turns.ts';
import { compareWithFile, UPDATES } from './recorded-file.ts';
import { violationsOf } from './rules.ts';
import { record, type Recording, type Scene } from './scene.ts';
import { looksText, ruler, screenText } from './screen-text.ts';

/** From a narrow part of a window to a wide one. */
const WIDTHS = [40, 60, 80, 110, 200] as const;
/** The width at which looks are shown: they are the same at all of them. */
const USUAL_WIDTH = 80;
const FOLDER = 'test/screens';
/** How many programs of a file run at a time: more only wait for each other. */
const PROGRAMS_AT_A_TIME = 3;
const EXTENSION = '.txt';

/**
 * Compares the screens of each scene with the file of its name, and checks the rules that all screens
 * keep.
 *
 * @param folder - of the files, in this directory's parent
 * @param options - what all need of the system
 */
export function testScenes(
  folder: string,
  scenes: readonly Scene[],
  options: ReturnType<typeof needs> = {},
): void {
  const path = `${FOLDER}/${folder}`;
  describe(`the screens in ${path}`, { concurrency: true, ...options }, () => {
    for (const scene of scenes) {
      it(`${scene.name}: ${commandLine(scene)}`, async (t) => {
        const recordings = await recordAll(t, scene);
        checkRules(t, scene, recordings);
        checkFailures(scene, recordings);
        compareWithFile(`${path}/${scene.name}${EXTENSION}`, fileOf(scene, recordings));
      });
    }
    it('are all of a scene', () => {
      const names = scenes.map(({ name }) => `${name}${EXTENSION}`);
      const files = readdirSync(join(ROOT, path)).filter((name) => name.endsWith(EXTENSION));
      const left = files.filter((name) => !names.includes(name));
      if (UPDATES) for (const name of left) rmSync(join(ROOT, path, name));
      else assert.deepEqual(left, [], 'run "npm run screens"');
    });
  });
}

/** Recordings by the width of the terminal. */
type Recordings = ReadonlyMap<number, Recording>;

const takeTurn = createTurns(PROGRAMS_AT_A_TIME);

async function recordAll(t: TestContext, scene: Scene): Promise<Recordings> {
  const recordings = await Promise.all(
    WIDTHS.map((width) => takeTurn(async () => [width, await record(t, scene, width)] as const)),
  );
  return new Map(recordings);
}

function checkRules(t: TestContext, { name }: Scene, recordings: Recordings): void {
  for (const [width, { screen, status }] of recordings) {
    for (const { rule, line } of violationsOf(screen, status !== undefined)) {
      const found = `${name}, ${width} columns: the rule "${rule}" is broken by: ${line}`;
      if (UPDATES) t.diagnostic(found);
      else assert.fail(found);
    }
  }
}

/** The screens show the failures that their file names: many have the same exit status. */
function checkFailures({ name, failures = [] }: Scene, recordings: Recordings): void {
  for (const [width, { screen }] of recordings) {
    for (const code of failures) assertShown(code, screen.lines, `${name}, ${width} columns`);
  }
}

/** Terminals that show the same share a ruler. */
function fileOf(scene: Scene, recordings: Recordings): string {
  const screens = new Map<string, number[]>();
  let status: number | undefined;
  for (const [width, recording] of recordings) {
    status = recording.status;
    const text = screenText(recording.screen, status === undefined);
    screens.set(text, [...(screens.get(text) ?? []), width]);
  }
  const usual = recordings.get(USUAL_WIDTH)?.screen;
  const looks = scene.looks === true && usual !== undefined ? looksText(usual) : '';
  return [
    `$ ${commandLine(scene)}\n`,
    status === undefined ? '' : `exit status ${status}\n`,
    ...(scene.failures ?? []).map((code) => `failure ${code}\n`),
    ...[...screens].map(([text, widths]) => `\n${ruler(widths)}\n${text}`),
    looks === '' ? '' : `\n──── looks, at ${USUAL_WIDTH} columns ────\n${looks}`,
  ].join('');
}

function commandLine({ args, shell = '', command }: Scene): string {
  const program = command === undefined ? 'session-manager-plugin' : basename(command.at(-1) ?? '');
  return [program, ...args.map(quoteForShell), shell].join(' ').trimEnd();
}
