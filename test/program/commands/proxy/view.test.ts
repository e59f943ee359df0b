import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { createScreen, type Screen } from '../../../support/screen.ts';
import { closedPort } from '../../port/support/target-service.ts';
import { TARGET } from '../../support/target.ts';
import { untilShown } from '../../support/until-shown.ts';
import { startCommandTarget, startTerminalCommand } from '../support/run-command.ts';
import { agentOf, startNamedHttp } from './support/proxied.ts';

const SIZE = { cols: 110, rows: 24 };

describe('the view of a proxy', { timeout: 120_000 }, () => {
  it('shows the destinations that have a session, failures above them, and at the end all totals', async (t) => {
    const hosts = {
      'one.internal': await startNamedHttp(t, 'one'),
      'down.internal': await closedPort(t),
    };
    const target = await startCommandTarget(t, { sessions: { agent: agentOf(hosts) } });
    const program = await startTerminalCommand(t, target, ['proxy', TARGET, '0'], { size: SIZE });
    const show = async (shown: string): Promise<Screen> => {
      const screen = createScreen({ size: SIZE });
      await screen.write(shown);
      return screen;
    };
    const until = (what: string, pattern: RegExp): Promise<void> =>
      untilShown(program.screen, show, what, ({ rows }) => rows.some((row) => pattern.test(row)));
    await until('the header', /^REMOTE +OPEN +UP\/s +DOWN\/s +SENT +RECEIVED +STATE$/);
    const { rows } = await show(program.screen.text);
    const port = Number(/HTTPS_PROXY=http:\/\/127\.0\.0\.1:(\d+)/.exec(rows.join('\n'))?.[1]);
    assert.ok(rows.includes(`Proxy on 127.0.0.1:${port} through ${TARGET} (Ctrl-C to end)`));
    const get = async (host: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.write(`GET http://${host}/ HTTP/1.1\r\nConnection: close\r\n\r\n`);
      return text(socket);
    };
    assert.match(await get('one.internal'), /one one\.internal/);
    await until('the row', /^one\.internal:80 +0 .* up$/);
    assert.match(await get('down.internal'), /502 Bad Gateway/);
    await until('the failure', /^down\.internal:80: i-0123456789abcdef0 cannot connect to it$/);
    program.type('\x03');
    assert.equal((await program.end()).status, 0);
    await until('the title of the end', new RegExp(`^Proxied through ${TARGET}$`));
    await until('the totals', /^one\.internal:80 +1 +\d+ B +\d+ B +ended$/);
  });
});
