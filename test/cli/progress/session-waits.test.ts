import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReportWait } from '../../../src/aws/report-wait.ts';
import { serviceSubject } from '../../../src/aws/service-subject.ts';
import { createSessionWaits, reportOpening } from '../../../src/cli/progress/session-waits.ts';
import type { Socket, SocketEvents, SocketRequest } from '../../../src/socket/socket.ts';

const URL_OF_STREAM = 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/user-0123';
const SUBJECT = { name: 'KMS in eu-west-1', place: 'kms.eu-west-1.amazonaws.com' };

/** Takes what is waited for: `+ name (place) since`, `- name`. */
function recorder(): { readonly events: readonly string[]; readonly report: ReportWait } {
  const events: string[] = [];
  return {
    events,
    report: (subject, since) => {
      events.push(`+ ${subject.name} (${subject.place})${since === undefined ? '' : ` ${since}`}`);
      return () => void events.push(`- ${subject.name}`);
    },
  };
}

describe('what a session waits for', () => {
  it('is shown no longer when the session ends, even if its answer never comes', () => {
    const { events, report } = recorder();
    const waits = createSessionWaits(report);
    waits.report(SUBJECT);
    waits.stop();
    waits.report(SUBJECT);
    assert.deepEqual(events, [`+ ${SUBJECT.name} (${SUBJECT.place})`, `- ${SUBJECT.name}`]);
  });
});

describe('waiting for the first connection', () => {
  const request = { url: URL_OF_STREAM } as SocketRequest;
  const socket = {} as Socket;
  const events = {} as SocketEvents;
  const name = 'the message gateway in eu-west-1';

  it('counts from the first attempt, names the proxy, and ends with each attempt', async () => {
    const { events: reported, report } = recorder();
    let now = 100;
    const answers = [() => Promise.reject(new Error('no route')), () => Promise.resolve(socket)];
    const open = reportOpening(
      () => (answers.shift() ?? (() => Promise.resolve(socket)))(),
      report,
      {
        subjectAt: (url) =>
          serviceSubject('ssmmessages', 'eu-west-1', url, {
            HTTPS_PROXY: 'http://user:secret@proxy.corp:3128',
          }),
        monotonic: () => now,
      },
    );
    await assert.rejects(open(request, events));
    now = 5_000;
    assert.equal(await open(request, events), socket);
    const begin = `+ ${name} (ssmmessages.eu-west-1.amazonaws.com through http://proxy.corp:3128) 100`;
    assert.deepEqual(reported, [begin, `- ${name}`, begin, `- ${name}`]);
  });

  it('ends once it is open: the session itself shows that it reconnects', async () => {
    const { events: reported, report } = recorder();
    const open = reportOpening(() => Promise.resolve(socket), report, {
      subjectAt: () => SUBJECT,
      monotonic: () => 0,
    });
    await open(request, events);
    await open(request, events);
    assert.equal(reported.length, 2);
  });
});
