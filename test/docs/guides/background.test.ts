import { runtimeFor } from '../../program/commands/background/support/background-user.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { testGuide } from '../support/guide.ts';

testGuide('docs/background.md', {
  prepare: (t) => ({ env: { XDG_RUNTIME_DIR: runtimeFor(t, temporaryDirectory(t)) } }),
});
