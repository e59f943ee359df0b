import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import type { LocalAws } from '../local-aws/local-aws.ts';
import { startAccount } from '../docs/support/account.ts';
import { createAliases } from '../docs/support/aliases.ts';
import { LOCAL_PROMPT, REMOTE_PROMPT } from '../docs/support/console-block.ts';
import { createMachine, SHELL_COMMAND } from '../docs/support/machine.ts';
import {
  startCommandInTerminal,
  type TerminalProgram,
} from '../program/support/terminal-program.ts';
import { untilShown } from '../program/support/until-shown.ts';
import { makeFifo } from '../support/fifo.ts';
import { render, type Screen } from '../support/screen.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { compareWithFile } from './support/recorded-file.ts';
import { drawScreen } from './support/svg.ts';

const PICTURE = 'docs/images/shell.svg';
/** Pages load it each time they are shown. */
const LARGEST_BYTES = 40_000;
const SIZE = { cols: 84, rows: 40 };
const SESSION = 'alice-0a1b2c3d4e5f67890';
const TEXTS = {
  title: 'A shell on a managed node that survives a lost connection',
  description:
    'A terminal. “session-manager-plugin targets web” lists two managed nodes. ' +
    '“session-manager-plugin shell web” asks which of them, and opens a shell. While “deploy” runs ' +
    'there, the connection is lost: the program counts the seconds, reconnects, and shows the rest ' +
    'of the output. After “exit” the local prompt is back.',
};
/** Bash's prompt, in bold green, so that it differs from the one on the target. */
const PROMPT_IN_COLOUR = `\\[\\e[1;32m\\]${LOCAL_PROMPT}\\[\\e[m\\]`;
/** How long the connection is lost depends on the machine that runs the test. */
const LOST = /reconnecting… \d+ s/g;
const LOST_IN_PICTURE = 'reconnecting… 4 s';
const ENTER = '\r';

/** A person at the terminal. */
interface Person {
  readonly program: TerminalProgram;
  show(): Promise<Screen>;
  until(what: string, reached: (screen: Screen) => boolean): Promise<void>;
  /** Types a line when a prompt asks for it. */
  enter(prompt: string, line: string): Promise<void>;
}

async function sitDown(t: TestContext, env: Readonly<Record<string, string>>): Promise<Person> {
  const program = await startCommandInTerminal(t, SHELL_COMMAND, { env, size: SIZE });
  const show = (text: string): Promise<Screen> =>
    render(text.replaceAll(LOST, LOST_IN_PICTURE), { size: SIZE });
  const until: Person['until'] = (what, reached) => untilShown(program.screen, show, what, reached);
  return {
    program,
    show: () => show(program.screen.text),
    until,
    async enter(prompt, line) {
      let row = 0;
      await until(`the prompt ${prompt}`, ({ beforeCursor, cursor }) => {
        row = cursor.row;
        return beforeCursor === prompt;
      });
      program.type(`${line}${ENTER}`);
      // The next prompt may be there before the screen is checked.
      await until(line, ({ cursor }) => cursor.row > row);
    },
  };
}

/** Loses the connection of the open session for some seconds. */
async function lose(person: Person, aws: LocalAws): Promise<void> {
  const [session] = aws.sessions;
  assert.ok(session);
  session.setGateway('down');
  session.cutClient();
  await person.until('the notice', ({ lines }) => lines.some((line) => line.includes(' s (~.')));
  session.setGateway('up');
  await person.until('the connection', ({ lines }) => lines.includes('Reconnected.'));
}

it(`${PICTURE} is what a terminal shows`, async (t) => {
  const directory = temporaryDirectory(t);
  const target = join(directory, 'target');
  const aliases = await createAliases();
  const aws = await startAccount(t, target, aliases, { aws: { sessionId: () => SESSION } });
  const rest = makeFifo(t);
  const deploy = `#!/bin/sh\necho "Deploying $1: 1 of 2 services done"\ncat ${rest}\n`;
  writeFileSync(join(target, 'bin', 'deploy'), deploy, { mode: 0o755 });
  const env = { PS1: PROMPT_IN_COLOUR };
  const person = await sitDown(t, createMachine(t, directory, { aws, aliases, env }).env);
  const { program } = person;

  await person.enter(LOCAL_PROMPT, 'session-manager-plugin targets web');
  await person.enter(LOCAL_PROMPT, 'session-manager-plugin shell web');
  await person.until('the picker', ({ rows }) => rows.some((row) => row.includes('❯ i-0123')));
  program.type(ENTER);
  await person.enter(REMOTE_PROMPT, 'deploy web-42');
  await person.until('the half', ({ rows }) => rows.some((row) => row.endsWith('services done')));
  await lose(person, aws);
  writeFileSync(rest, 'Deploying web-42: 2 of 2 services done\n');
  await person.enter(REMOTE_PROMPT, 'exit');
  await person.until('the end', ({ beforeCursor }) => beforeCursor === LOCAL_PROMPT);

  const svg = drawScreen(await person.show(), SIZE, TEXTS);
  assert.ok(Buffer.byteLength(svg) < LARGEST_BYTES, `${Buffer.byteLength(svg)} bytes`);
  compareWithFile(PICTURE, svg);
});
