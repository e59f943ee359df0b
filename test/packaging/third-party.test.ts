import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { thirdPartyText } from '../../packaging/third-party.ts';

const BUNDLED = { version: '1.0.0', licence: 'MIT', integrity: 'sha512-AA==' } as const;

describe('the third parties', () => {
  it('are listed with their licences, a text that several share only once', () => {
    const text = thirdPartyText({
      bundled: [
        { ...BUNDLED, name: 'one', licenceText: 'Permission is granted' },
        { ...BUNDLED, name: 'two', licenceText: 'Permission is granted' },
        { ...BUNDLED, name: 'three', licenceText: '' },
      ],
      runtime: {
        version: '26.0.0',
        licenceText: 'Node.js is licensed\n',
      },
      debian: {
        packages: [{ name: 'libatomic1', version: '12.2.0-14', copyright: 'See GPL-3\n' }],
        commonLicences: { 'GPL-3': 'GNU GENERAL PUBLIC LICENSE\n' },
      },
    });
    assert.deepEqual(text.split(`\n${'-'.repeat(80)}\n\n`), [
      'one 1.0.0\ntwo 1.0.0\n\nPermission is granted\n',
      'three 1.0.0\n\nLicence (SPDX): MIT\n',
      'Node.js 26.0.0\n\nNode.js is licensed\n',
      'libatomic1 12.2.0-14 (Debian)\n\nSee GPL-3\n',
      'GPL-3\n\nGNU GENERAL PUBLIC LICENSE\n',
    ]);
  });

  it('are Debian packages and the licences these refer to where the runtime is made of them', () => {
    const shipped = {
      name: 'libuv1t64',
      version: '1.50.0-2',
      copyright: 'See /usr/share/common-licenses/GPL-2\n',
    };
    const text = thirdPartyText({
      bundled: [],
      debian: {
        packages: [shipped],
        commonLicences: { 'GPL-2': 'GNU GENERAL PUBLIC LICENSE\n' },
      },
    });
    assert.match(text, /^libuv1t64 1\.50\.0-2 \(Debian\)\n\nSee/);
    assert.match(text, /\nGPL-2\n\nGNU GENERAL PUBLIC LICENSE\n$/);
  });
});
