import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runtimeRecord } from '../../../packaging/runtime-age/runtime-record.ts';

it('the record of a release names each Node.js, its origin, and what was accepted', () => {
  const npm = { kind: 'npm', package: 'node-x', version: '1', integrity: 'sha512-x' } as const;
  const text = runtimeRecord(
    [
      { target: 'linux-x64', version: '26.12.1', published: '2026-10-22' },
      { target: 'macos-x64', version: '26.10.0', published: '2026-09-23' },
      { target: 'linux-x86', version: '24.21.0', published: undefined },
    ],
    [
      { target: 'macos-x64', version: '26.10.0', missed: '26.12.1' },
      { target: 'linux-x86', version: '24.21.0', missed: '24.22.3' },
    ],
    { 'macos-x64': '26.10.0' },
    (target) => (target === 'linux-x86' ? { kind: 'debian' } : npm),
  );
  assert.deepEqual(JSON.parse(text), {
    'linux-x64': { version: '26.12.1', published: '2026-10-22', origin: npm },
    'macos-x64': {
      ...{ version: '26.10.0', published: '2026-09-23', origin: npm },
      ...{ lacks: '26.12.1', accepted: true },
    },
    // A build that is no release accepts nothing.
    'linux-x86': {
      ...{ version: '24.21.0', origin: { kind: 'debian' } },
      ...{ lacks: '24.22.3', accepted: false },
    },
  });
});
