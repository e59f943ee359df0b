import assert from 'node:assert/strict';
import { Command } from 'commander';
import { describe, it } from 'node:test';
import { readSshArguments } from '../../../src/commands/ssh/ssh-arguments.ts';

function read(...args: readonly string[]): ReturnType<typeof readSshArguments> {
  return readSshArguments(new Command('ssh'), args);
}

describe('the arguments of ssh', () => {
  for (const [args, target, options, command] of [
    [['web'], 'web', [], []],
    [['web', 'uptime', '-p'], 'web', [], ['uptime', '-p']],
    [['web', '--', 'uptime', '-p'], 'web', [], ['uptime', '-p']],
    [['-p', '2222', 'web'], 'web', ['-p', '2222'], []],
    [['-vp2222', 'web', '-N'], 'web', ['-vp2222', '-N'], []],
    [['web', '-vNL', '80:db:80', '-4'], 'web', ['-vNL', '80:db:80', '-4'], []],
    [
      ['-o', 'ControlMaster=auto', '-i', 'web', 'db'],
      'db',
      ['-o', 'ControlMaster=auto', '-i', 'web'],
      [],
    ],
    // scp runs ssh so.
    [
      ['-x', '-oPermitLocalCommand=no', '-l', 'ubuntu', '--', 'web', 'sftp'],
      'web',
      ['-x', '-oPermitLocalCommand=no', '-l', 'ubuntu'],
      ['sftp'],
    ],
    // rsync runs ssh so.
    [
      ['-l', 'ubuntu', 'web', 'rsync', '--server', '.'],
      'web',
      ['-l', 'ubuntu'],
      ['rsync', '--server', '.'],
    ],
    [['-A'], undefined, ['-A'], []],
    [['-v', 'ssh://web:2222', 'id'], 'web', ['-v', '-p', '2222'], ['id']],
    [['ssh://anna@web/', '-v'], 'web', ['-v'], []],
  ] as const) {
    it(`are ${args.join(' ')}`, () => {
      const { targetText, ...found } = read(...args);
      assert.equal(targetText, target);
      assert.deepEqual(found.options, options);
      assert.deepEqual(found.command, command);
    });
  }

  for (const [args, user] of [
    [['web'], undefined],
    [['anna@web'], 'anna'],
    [['anna@corp.example@web'], 'anna@corp.example'],
    [['-l', 'anna', 'bert@web'], 'anna'],
    [['-lanna', 'web'], 'anna'],
    [['ssh://anna@web:22'], 'anna'],
    [['-o', 'User=anna', 'web'], 'anna'],
    [['-oUser anna', 'web'], 'anna'],
    [['web', '-o', 'user = "anna"'], 'anna'],
    [['-o', 'UserKnownHostsFile=x', 'web'], undefined],
  ] as const) {
    it(`name the user ${user ?? 'not'} with ${args.join(' ')}`, () => {
      assert.equal(read(...args).user, user);
    });
  }

  for (const [args, expected] of [
    [['-J', 'bastion', 'web'], /-J cannot be used/],
    [['-o', 'ProxyCommand=nc %h %p', 'web'], /-o ProxyCommand cannot be used/],
    [['-oproxyjump bastion', 'web'], /-o proxyjump cannot be used/],
    [['web', '--profile', 'work'], /"--profile" comes after/],
    [['web', '-p'], /The option -p of ssh needs a value/],
    [['$(id)@web'], /"\$\(id\)" is not the name of a user/],
    [['-l', '-x', 'web'], /"-x" is not the name of a user/],
    [['a;b@web'], /is not the name of a user/],
  ] as const) {
    it(`are refused with ${args.join(' ')}`, () => {
      assert.throws(() => read(...args), expected);
    });
  }

  it('contain messages and control of a shared connection', () => {
    assert.equal(read('-Nv', 'web').isVerbose, true);
    assert.equal(read('-lv', 'web').isVerbose, false);
    assert.equal(read('-O', 'exit', 'web').isLocal, true);
    // git runs ssh so, before it connects.
    assert.equal(read('-G', '-o', 'SendEnv=GIT_PROTOCOL', 'web').isLocal, true);
    assert.equal(read('-N', 'web').isLocal, false);
    assert.equal(read('-F', 'file', 'web').configFile, 'file');
    assert.equal(read('-o', 'LocalCommand=x', 'web').keywords.has('localcommand'), true);
  });
});
