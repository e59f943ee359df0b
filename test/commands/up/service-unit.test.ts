import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseXml, XmlElement, XmlText } from '@rgrove/parse-xml';
import {
  launchdAgent,
  scheduledTask,
  systemdUnit,
  type Service,
} from '../../../src/commands/up/service-unit.ts';
import { spawnSync } from '../../support/child-process.ts';
import { requireTools } from '../../support/require-tools.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { SYSTEMD_ANALYZE } from '../../support/tools.ts';

const SPECIAL = `a "b" \\c $HOME 100% <&> ü`;

/** A program whose path has what quoting must keep. systemd takes no path with a quote or a backslash (systemd-analyze). */
function service(directory: string): Service {
  const program = join(directory, 'a 100% dir', 'session-manager-plugin');
  mkdirSync(join(program, '..'), { recursive: true });
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  return {
    command: [program, 'up', 'db', '--profile', SPECIAL],
    env: { AWS_PROFILE: SPECIAL, PATH: '/usr/bin:/bin' },
    directory: '/',
  };
}

/** The texts of the elements of a name. */
function textsOf(element: XmlElement, name: string): readonly string[] {
  return element.children.flatMap((child) => {
    if (!(child instanceof XmlElement)) return [];
    return child.name === name ? [child.text] : textsOf(child, name);
  });
}

describe('the service of the user', () => {
  it('is a unit that systemd accepts', (t) => {
    if (!requireTools(t, SYSTEMD_ANALYZE)) return;
    const directory = temporaryDirectory(t);
    const file = join(directory, 'session-manager-plugin.service');
    writeFileSync(file, systemdUnit(service(directory)));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SYSTEMD_LOG_LEVEL: 'warning' },
    });
    const own = stderr.split('\n').filter((line) => line.includes('session-manager-plugin'));
    assert.deepEqual(own, []);
    assert.equal(status, 0, stderr);
  });

  it('quotes each word of the unit by systemd.syntax(7)', (t) => {
    const unit = systemdUnit(service(temporaryDirectory(t)));
    assert.match(unit, /^ExecStart="[^\n]*a 100%% dir\/session-manager-plugin" "up" "db" /m);
    assert.ok(unit.includes(String.raw`"--profile" "a \"b\" \\c $$HOME 100%% <&> ü"`));
    assert.ok(unit.includes(String.raw`Environment="AWS_PROFILE=a \"b\" \\c $HOME 100%% <&> ü"`));
  });

  it('is an agent for launchd with the same words', (t) => {
    const wanted = service(temporaryDirectory(t));
    const { root } = parseXml(launchdAgent(wanted));
    assert.ok(root !== null);
    assert.deepEqual(textsOf(root, 'string'), [
      'session-manager-plugin.connections',
      ...wanted.command,
      ...Object.values(wanted.env),
      '/',
    ]);
    assert.ok(!root.children.some((child) => child instanceof XmlText && child.text.trim() !== ''));
  });

  it('is a task on Windows', () => {
    const command = [String.raw`C:\Program Files\a\smp.exe`, 'up', '--all'] as const;
    assert.equal(
      scheduledTask({ command, env: {}, directory: undefined }),
      String.raw`schtasks /create /tn session-manager-plugin /sc onlogon /tr "\"C:\Program Files\a\smp.exe\" \"up\" \"--all\""` +
        '\n',
    );
  });
});
