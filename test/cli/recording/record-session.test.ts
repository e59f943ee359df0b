import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEvent, parseHeader } from '../../../src/cli/recording/asciicast.ts';
import { createRecording, type Recording } from '../../../src/cli/recording/record-session.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

interface Made {
  readonly recording: Recording;
  readonly clock: VirtualClock;
  /** The lines so far, as JSON values. */
  readonly lines: () => readonly unknown[];
}

function record(withInput = false): Made {
  const clock = createVirtualClock(1_700_000_000_500);
  let written = '';
  const write = (text: string): void => void (written += text);
  return {
    recording: createRecording({ clock, term: 'xterm', withInput, write }),
    clock,
    lines: () =>
      written
        .split('\n')
        .slice(0, -1)
        .map((line): unknown => JSON.parse(line)),
  };
}

const HEADER = {
  version: 2,
  width: 80,
  height: 24,
  timestamp: 1_700_000_000,
  env: { TERM: 'xterm' },
};

// docs.asciinema.org/manual/asciicast/v2
describe('a recording', () => {
  it('begins with the first size of the terminal, and keeps the times of the output', () => {
    const { recording, clock, lines } = record();
    recording.recorder.resized({ cols: 80, rows: 24 });
    clock.advance(1_500);
    recording.recorder.output(Buffer.from('$ '));
    assert.deepEqual(lines(), [HEADER, [1.5, 'o', '$ ']]);
  });

  it('keeps later sizes', () => {
    const { recording, clock, lines } = record();
    recording.recorder.resized({ cols: 80, rows: 24 });
    clock.advance(250);
    recording.recorder.resized({ cols: 100, rows: 30 });
    assert.deepEqual(lines(), [HEADER, [0.25, 'r', '100x30']]);
  });

  it('has no keys, unless they are asked for', () => {
    for (const withInput of [false, true]) {
      const { recording, lines } = record(withInput);
      recording.recorder.resized({ cols: 80, rows: 24 });
      recording.recorder.input(Buffer.from('secret\r'));
      assert.deepEqual(lines(), withInput ? [HEADER, [0, 'i', 'secret\r']] : [HEADER]);
    }
  });

  it('keeps a character together that two messages share, and marks one that never becomes whole', () => {
    const { recording, lines } = record();
    const bytes = Buffer.from('ä€');
    recording.recorder.resized({ cols: 80, rows: 24 });
    recording.recorder.output(bytes.subarray(0, 1));
    recording.recorder.output(bytes.subarray(1, 4));
    recording.end();
    assert.deepEqual(lines(), [HEADER, [0, 'o', 'ä'], [0, 'o', '\ufffd']]);
  });

  it('of a session that never began is empty', () => {
    const { recording, lines } = record();
    recording.recorder.output(Buffer.from('x'));
    recording.end();
    assert.deepEqual(lines(), []);
  });
});

describe('reading an asciicast', () => {
  it('takes a header of version 2 with a size', () => {
    const size = { cols: 80, rows: 24 };
    const header = parseHeader('{"version": 2, "width": 80, "height": 24, "title": "x"}');
    assert.deepEqual(header, { size, maxPauseMs: Infinity });
    // docs.asciinema.org/manual/asciicast/v2, `idle_time_limit`: in seconds.
    const limited = parseHeader('{"version":2,"width":80,"height":24,"idle_time_limit":1.5}');
    assert.deepEqual(limited, { size, maxPauseMs: 1_500 });
    for (const line of [
      '',
      '[]',
      '{"version":1,"width":80,"height":24,"stdout":[]}',
      '{"version":3,"term":{"cols":80,"rows":24}}',
      '{"version":2,"width":0,"height":24}',
      '{"version":2,"width":"80","height":24}',
    ]) {
      assert.equal(parseHeader(line), undefined, line);
    }
  });

  it('takes events of all codes, and nothing else', () => {
    assert.deepEqual(parseEvent('[1.25, "m", "chapter"]'), {
      atMs: 1250,
      code: 'm',
      text: 'chapter',
    });
    for (const line of ['', '{}', '[]', '[-1,"o",""]', '["1","o",""]', '[1,"o"]', '[1,"o",7]']) {
      assert.equal(parseEvent(line), undefined, line);
    }
  });
});
