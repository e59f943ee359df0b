import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render, type Screen } from '../../support/screen.ts';
import { FULL_SCREEN_PROGRAMS, requireProgram } from './support/full-screen-programs.ts';
import {
  interactiveCommand,
  openShell,
  openTerminalSession,
  type TerminalSession,
} from '../support/target.ts';

const NOTICE = /^Connection lost, reconnecting… \d+ s \(~\. to leave\)$/;
/** The bell, and the title pushed. */
const NOTICE_IN_TITLE = '\x07\x1b[22;2t';
const POPPED_TITLE = '\x1b[23;2t';

function shown({ program }: TerminalSession): Promise<Screen> {
  return render(program.screen.text);
}

/** Cuts the connection, and resolves when the notice is there. */
async function lose({ program, session }: TerminalSession): Promise<void> {
  session.setGateway('down');
  session.cutClient();
  await program.screen.until('the notice', (text) => text.includes(' s (~. to leave)'));
}

describe('a connection that is lost for some seconds', () => {
  it('is shown below a line that is being typed, which is afterwards as before', async (t) => {
    const opened = await openShell(t);
    const { program, session } = opened;
    program.type('echo half');
    await program.screen.until('the echo', (text) => text.endsWith('$ echo half'));
    const before = await shown(opened);
    await lose(opened);
    const during = await shown(opened);
    assert.deepEqual(during.rows.slice(0, -1), before.rows);
    assert.match(during.rows.at(-1) ?? '', NOTICE);
    session.setGateway('up');
    await program.screen.until('the cursor back', (text) => text.includes('\x1b8'));
    const after = await shown(opened);
    assert.deepEqual(after.rows, before.rows);
    assert.deepEqual(after.cursor, before.cursor);
    program.type('way\r');
    await program.screen.until('the answer', (text) => text.includes('\nhalfway\r'));
    program.type('exit\r');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
  });

  it('leaves the line that is typed and the notice on the screen when it is left by ~.', async (t) => {
    const opened = await openShell(t);
    const { program } = opened;
    await lose(opened);
    program.type('\r~.');
    assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
    const { rows } = await shown(opened);
    const notice = rows.findIndex((row) => NOTICE.test(row));
    assert.equal(rows[notice - 1], '$');
    assert.match(rows.slice(notice + 1).join('\n'), /^\n*Exiting session with sessionId/);
  });

  for (const full of FULL_SCREEN_PROGRAMS.filter(({ tool }) => tool !== undefined)) {
    it(`is the title over ${full.name}, which draws its screen again afterwards`, async (t) => {
      if (!requireProgram(t, full)) return;
      const opened = await openTerminalSession(t, interactiveCommand(full.command(t)));
      const { program, session } = opened;
      await program.screen.until('what it draws', (text) => text.includes(full.drawn));
      await lose(opened);
      const during = await shown(opened);
      const before = await render(program.screen.text.split(NOTICE_IN_TITLE)[0] ?? '');
      assert.match(during.title, NOTICE);
      assert.deepEqual(during.rows, before.rows);
      session.setGateway('up');
      await program.screen.until('the screen, drawn again', (text) =>
        text.slice(text.lastIndexOf(POPPED_TITLE)).includes(full.drawn),
      );
      program.type(full.quit);
      assert.deepEqual(await program.end(), { status: 0, settings: program.settingsBefore });
      assert.equal((await shown(opened)).title, '');
    });
  }
});
