import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { describe, it } from 'node:test';
import { parseSocketTable } from '../../src/network/socket-table.ts';

/** As Linux 6 prints them, on a little-endian machine. */
const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, remote: string, state: string, inode: number): string =>
  `   1: ${local} ${remote} ${state} 00000000:00000000 03:00001770 00000000  1000        0 ${inode} 3 0000000000000000`;

const LISTENER = { address: '127.0.0.1', port: 0x1f90 };
const PROGRAM = { address: '127.0.0.1', port: 0xd431 };
const HERE = '0100007F:1F90';
const THERE = '0100007F:D431';
const OPEN = '08';
const FIN_WAIT_1 = '04';
const FIN_WAIT_2 = '05';
const TIME_WAIT = '06';
const ours = row(HERE, THERE, OPEN, 50212);

const skip = endianness() === 'LE' ? false : 'the rows are those of a little-endian machine';

describe('the table of sockets', { skip }, () => {
  const tables: readonly (readonly [string, readonly string[], boolean])[] = [
    ['no process has the other end open', [ours, row(THERE, HERE, FIN_WAIT_2, 0)], true],
    ['its end has not been acknowledged', [ours, row(THERE, HERE, FIN_WAIT_1, 0)], true],
    ['a process has it open', [ours, row(THERE, HERE, FIN_WAIT_2, 50213)], false],
    ['it is not in this table', [ours], false],
    ['the connection is closed', [row(THERE, HERE, TIME_WAIT, 0)], false],
    ['a table without inodes', [row(HERE, THERE, OPEN, 0), row(THERE, HERE, FIN_WAIT_2, 0)], false],
    ['another port', [ours, row('0100007F:D432', HERE, FIN_WAIT_2, 0)], false],
    ['a cut last line', [ours, row(THERE, HERE, FIN_WAIT_2, 0).slice(0, 80)], false],
    ['nothing', [], false],
  ];
  for (const [what, rows, closed] of tables) {
    it(`${what}: ${closed ? 'closed' : 'not known to be closed'}`, () => {
      const table = parseSocketTable([[HEADER, ...rows, ''].join('\n')]);
      assert.equal(table.isClosedByPeer(LISTENER, PROGRAM), closed);
    });
  }

  it('an IPv4 connection of a program with an IPv6 socket', () => {
    const mapped = '0000000000000000FFFF00000100007F';
    const ipv6 = row(`${mapped}:D431`, `${mapped}:1F90`, FIN_WAIT_2, 0);
    const table = parseSocketTable([`${HEADER}\n${ours}\n`, `${HEADER}\n${ipv6}\n`]);
    assert.equal(table.isClosedByPeer(LISTENER, PROGRAM), true);
    assert.equal(
      table.isClosedByPeer(
        { address: '::ffff:127.0.0.1', port: LISTENER.port },
        { address: '::ffff:127.0.0.1', port: PROGRAM.port },
      ),
      true,
    );
  });

  it('IPv6 addresses, shortened, with a zone', () => {
    const local = '00000000000000000000000001000000:1F90';
    const linkLocal = '000080FE00000000FF00FE00AB12CD34:D431';
    const table = parseSocketTable([
      [row(local, linkLocal, OPEN, 7), row(linkLocal, local, FIN_WAIT_2, 0)].join('\n'),
    ]);
    assert.equal(
      table.isClosedByPeer(
        { address: '::1', port: LISTENER.port },
        { address: 'fe80::fe:ff:34cd:12ab%eth0', port: PROGRAM.port },
      ),
      true,
    );
  });
});
