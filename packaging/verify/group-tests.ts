import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { BuildError } from '../../build/runtime/build-error.mjs';
import { ROOT } from '../../build/runtime/setup.mjs';
import { ToolError } from '../../build/tool.ts';
import { OUTPUTS } from '../release-settings.ts';
import {
  digestOfGroup,
  TEST_ALL_VARIABLE,
  testsOf,
  VERIFIED_GROUPS,
  type VerifiedGroup,
} from './verified-groups.ts';
import { recordVerifiedInputs } from './verified-inputs.ts';

/**
 * Tests the groups with the release in `dist/plugin/`, and records the inputs of those that pass.
 *
 * @returns the groups that were tested
 * @throws ToolError when the tests of a group fail, or lack a program of the system; BuildError when the inputs have changed
 *   since the release was made
 */
export async function verifyGroups(): Promise<readonly VerifiedGroup[]> {
  const groups = VERIFIED_GROUPS.filter((group) => testsOf(group).length > 0);
  for (const group of groups) {
    process.stdout.write(`Testing ${group}\n`);
    const digest = digestOfGroup(group);
    if (digest === undefined || digest !== madeOf()[group]) {
      throw new BuildError(
        `dist/plugin/ was made of other inputs of ${group}: run "npm run package" first.`,
      );
    }
    await runTests(group);
    recordVerifiedInputs(ROOT, { [group]: digest });
  }
  return groups;
}

/** The inputs of the release in `dist/plugin/`. */
function madeOf(): Readonly<Partial<Record<VerifiedGroup, string>>> {
  if (!existsSync(OUTPUTS.groupInputs)) return {};
  return JSON.parse(readFileSync(OUTPUTS.groupInputs, 'utf8')) as ReturnType<typeof madeOf>;
}

async function runTests(group: VerifiedGroup): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--test', '--test-concurrency=1', ...testsOf(group)],
    {
      cwd: ROOT,
      // On a build server, a test fails where it would be skipped for want of a program.
      env: { ...process.env, [TEST_ALL_VARIABLE]: '1', CI: 'true' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new ToolError(`the tests of ${group} fail: see above`);
}
