import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { captureCallSite, parseStackFrame, type CallSite } from '../../src/logging/call-site.ts';

const frames: readonly (readonly [frame: string, site: CallSite])[] = [
  ['    at open (/opt/a.cjs:3:9)', { file: '/opt/a.cjs', line: 3, functionName: 'open' }],
  [
    '    at async Session.open (file:///opt/a%20b.mjs:12:5)',
    { file: '/opt/a b.mjs', line: 12, functionName: 'Session.open' },
  ],
  [
    '    at Socket.<anonymous> [as onclose] (C:\\plugin\\a.cjs:3:9)',
    { file: 'C:\\plugin\\a.cjs', line: 3, functionName: 'Socket.<anonymous>' },
  ],
  ['    at new Channel (/opt/a.cjs:3:9)', { file: '/opt/a.cjs', line: 3, functionName: 'Channel' }],
  ['    at file:///opt/a.mjs:1:2', { file: '/opt/a.mjs', line: 1, functionName: 'anonymous' }],
  [
    '    at node:internal/timers:5:6',
    { file: 'node:internal/timers', line: 5, functionName: 'anonymous' },
  ],
  ['    at Map.forEach (<anonymous>)', { file: 'unknown', line: 0, functionName: 'anonymous' }],
  ['', { file: 'unknown', line: 0, functionName: 'anonymous' }],
];

for (const [frame, site] of frames) {
  it(`the stack frame "${frame.trim()}" is read`, () => {
    assert.deepEqual(parseStackFrame(frame), site);
  });
}

it('the caller of a function is found, and the trace limit is as before', () => {
  const limit = Error.stackTraceLimit;
  const sites: CallSite[] = [];
  const callee = (): void => void sites.push(captureCallSite(callee));
  function caller(): void {
    callee();
  }
  caller();
  assert.equal(sites[0]?.functionName, 'caller');
  assert.equal(sites[0].file, fileURLToPath(import.meta.url));
  assert.ok(sites[0].line > 1);
  assert.equal(Error.stackTraceLimit, limit);
});
