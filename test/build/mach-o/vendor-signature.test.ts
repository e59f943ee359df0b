import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { MachOError } from '../../../build/mach-o/mach-o-error.ts';
import { signMachO } from '../../../build/mach-o/sign.ts';
import { verifyMachO } from '../../../build/mach-o/verify.ts';
import { pinnedRuntime } from '../../../build/runtime/runtime.mjs';
import { requireTools } from '../../support/require-tools.ts';
import { OPENSSL } from '../../support/tools.ts';
import { verifyCms } from './support/verify-cms.ts';

/** The team of the Node.js project, which signs its binaries on a Mac with Apple's own tools. */
const NODE_TEAM = 'HX7739G8FX';

for (const target of ['darwin-x64', 'darwin-arm64']) {
  describe(`the signature of the Node.js project's own binary, ${target}`, () => {
    const original = readFileSync(pinnedRuntime(target));

    it('is found right', (t) => {
      if (!requireTools(t, OPENSSL)) return;
      const signature = verifyMachO(original);
      assert.equal(signature.identifier, 'node');
      assert.equal(signature.teamIdentifier, NODE_TEAM);
      assert.equal(signature.adHoc, false);
      assert.equal(signature.hardenedRuntime, true);
      assert.match(signature.entitlements ?? '', /com\.apple\.security\.cs\.allow-jit/);
      assert.match(verifyCms(t, signature), /CN=Developer ID Application: /);
    });

    it('is wrong when a bit has changed, at either end or in the middle', () => {
      const damaged = Buffer.from(original);
      for (const offset of [40, Math.floor(original.length / 2)]) {
        damaged[offset] = damaged.readUInt8(offset) ^ 0x10;
        assert.throws(() => verifyMachO(damaged), MachOError, `byte ${offset}`);
        original.copy(damaged, offset, offset, offset + 1);
      }
    });

    it('is replaced by one of ours, and nothing of it is left', () => {
      const ours = signMachO(original, 'session-manager-plugin');
      const { adHoc, hardenedRuntime, teamIdentifier } = verifyMachO(ours);
      assert.deepEqual([adHoc, hardenedRuntime, teamIdentifier], [true, false, undefined]);
      assert.equal(ours.includes('Developer ID Application'), false);
    });
  });
}
