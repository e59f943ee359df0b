import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { quoteForShell } from '../../../src/lib/quote-for-shell.ts';
import { ROOT } from '../../docs/support/markdown.ts';
import { compareWithFile, UPDATES } from './recorded-file.ts';
import { violationsOf } from './rules.ts';
import { record, type Recording, type Scene } from './scene.ts';
import { looksText, ruler, screenText } from './screen-text.ts';

/** From a narrow part of a window to a wide one. */
const WIDTHS = [40, 60, 80, 110, 200] as const;
/** The width at which looks are shown: they are the same at all of them. */
const USUAL_WIDTH = 80;
const FOLDER = 'test/screens';
const EXTENSION = '.txt';

/**
 * Compares the screens of each scene with the file of its name, and checks the rules that all screens
 * keep.
 *
 * @param folder - of the files, in this directory's parent
 */
export function testScenes(folder: string, scenes: readonly Scene[]): void {
  const path = `${FOLDER}/${folder}`;
  describe(`the screens in ${path}`, () => {
    for (const scene of scenes) {
      it(`${scene.name}: ${commandLine(scene)}`, async (t) => {
        const recordings = await recordAll(t, scene);
        checkRules(t, scene, recordings);
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

async function recordAll(t: TestContext, scene: Scene): Promise<Recordings> {
  const recordings = await Promise.all(
    WIDTHS.map(async (width) => [width, await record(t, scene, width)] as const),
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
    ...[...screens].map(([text, widths]) => `\n${ruler(widths)}\n${text}`),
    looks === '' ? '' : `\n──── looks, at ${USUAL_WIDTH} columns ────\n${looks}`,
  ].join('');
}

function commandLine({ args }: Scene): string {
  return ['session-manager-plugin', ...args.map(quoteForShell)].join(' ');
}
