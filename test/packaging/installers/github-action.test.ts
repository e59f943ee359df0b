import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { runCommandPiped, type CompletedRun } from '../../program/support/piped-program.ts';
import { ROOT } from '../../docs/support/markdown.ts';
import { suiteScope } from '../../support/cleanup-scope.ts';
import { needs } from '../../support/require-tools.ts';
import { CURL, DASH, OPENSSL, SHELLCHECK } from '../../support/tools.ts';
import { spawnSync } from '../../support/child-process.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isPowershell } from '../support/powershell-grammar.ts';
import { parseActionFile } from './support/parse-action.ts';
import {
  LINUX_TARGETS,
  publishVersion,
  scriptOf,
  startReleaseSite,
  type ReleaseSite,
} from './support/release-site.ts';
import { newUser } from './support/run-install.ts';

const TEXT = readFileSync(join(ROOT, 'packaging/installers/action.yml'), 'utf8');

interface Step {
  readonly id: string;
  readonly if: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}

const [posix, windows] = (parse(TEXT) as { runs: { steps: [Step, Step] } }).runs.steps;

describe('the action of GitHub', () => {
  it('is an action by the schema of GitHub', (t) => {
    const { errors, action } = parseActionFile(t, TEXT);
    assert.deepEqual(errors, []);
    assert.deepEqual(
      action.inputs?.map(({ id }) => id),
      ['version', 'dir'],
    );
    assert.deepEqual(
      action.outputs?.map(({ id }) => id),
      ['program', 'version'],
    );
    assert.equal(action.runs.using, 'composite');
    assert.notDeepEqual(parseActionFile(t, TEXT.replace(/^ *shell: sh\n/m, '')).errors, []);
  });

  it('passes its inputs as variables, never as a part of a script, and no token', () => {
    for (const { run, env } of [posix, windows]) {
      assert.doesNotMatch(run, /\$\{\{/);
      assert.deepEqual(env, { VERSION: '${{ inputs.version }}', DIRECTORY: '${{ inputs.dir }}' });
    }
    assert.doesNotMatch(TEXT, /token|secrets/);
  });

  it('runs one step on each system', () => {
    assert.deepEqual([posix.if, posix.shell], ["runner.os != 'Windows'", 'sh']);
    assert.deepEqual([windows.if, windows.shell], ["runner.os == 'Windows'", 'powershell']);
  });

  it('has a step for Windows by the grammar of PowerShell', async () => {
    assert.ok(await isPowershell(windows.run));
  });

  it('has a step for other systems without faults that shellcheck finds', needs(SHELLCHECK), () => {
    const options = { input: posix.run, encoding: 'utf8' } as const;
    const { status, stdout } = spawnSync('shellcheck', ['--shell=sh', '-'], options);
    assert.equal(status, 0, stdout);
  });
});

describe('the action of GitHub on Linux', needs(OPENSSL, DASH, CURL), () => {
  const scope = suiteScope();
  let site: ReleaseSite;
  before(async () => {
    site = await startReleaseSite(scope);
    await publishVersion(scope, site, '1.3.0.0', LINUX_TARGETS);
  });

  interface Job extends CompletedRun {
    readonly runnerTemp: string;
    /** What the step has written to the files of the runner. */
    readonly path: string;
    readonly output: string;
  }

  /** Runs the step as a runner does, with inputs. */
  const runJob = async (t: TestContext, inputs: Step['env']): Promise<Job> => {
    const { env, home } = newUser(t, site);
    const directory = temporaryDirectory(t);
    const file = (name: string, content: string): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    const runnerTemp = join(directory, 'runner temp');
    mkdirSync(runnerTemp);
    file('install.sh', scriptOf(site, '1.3.0.0'));
    const path = file('path', '');
    const output = file('output', '');
    const runner = {
      GITHUB_ACTION_PATH: directory,
      GITHUB_PATH: path,
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: runnerTemp,
    };
    // The runner's command line for this shell.
    const command = ['sh', '-e', file('step.sh', posix.run)];
    const run = await runCommandPiped(t, command, {
      env: { ...env, ...runner, VERSION: '', DIRECTORY: '', ...inputs },
      directory: home,
    });
    return {
      ...run,
      runnerTemp,
      path: readFileSync(path, 'utf8'),
      output: readFileSync(output, 'utf8'),
    };
  };

  it('installs its version for the job, adds it to PATH, and returns the program', async (t) => {
    const { status, stderr, runnerTemp, path, output } = await runJob(t, {});
    assert.deepEqual([status, stderr], [0, '']);
    const bin = join(runnerTemp, 'session-manager-plugin', 'bin');
    assert.equal(path, `${bin}\n`);
    assert.equal(output, `program=${bin}/session-manager-plugin\nversion=1.3.0.0\n`);
  });

  it('installs into another directory', async (t) => {
    const directory = join(temporaryDirectory(t), '$(touch x) "tools"');
    const { status, path } = await runJob(t, { DIRECTORY: directory, VERSION: '1.3.0.0' });
    assert.equal(status, 0);
    assert.equal(path, `${directory}/bin\n`);
  });

  it('fails for a version that it cannot verify, and adds nothing to PATH', async (t) => {
    const { status, stderr, path, output } = await runJob(t, { VERSION: '1.2.0.0' });
    assert.equal(status, 1);
    assert.match(stderr, /Version 1\.2\.0\.0 cannot be verified/);
    assert.deepEqual([path, output], ['', '']);
  });
});
