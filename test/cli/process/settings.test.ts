import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isConfigurationError } from '../../../src/lib/errors/configuration-error.ts';
import { readSettings } from '../../../src/cli/process/settings.ts';

describe('settings from the environment', () => {
  it('have defaults', () => {
    assert.deepEqual(readSettings({}), {
      messagesPerSecond: 900,
      pingIntervalMs: 300_000,
      resumeTimeoutMs: 1_200_000,
      localHost: undefined,
      quiet: false,
    });
  });

  it('are read, seconds as milliseconds', () => {
    assert.deepEqual(
      readSettings({
        SSM_PLUGIN_MAX_MESSAGE_RATE: '0',
        SSM_PLUGIN_PING_INTERVAL: '30',
        SSM_PLUGIN_RESUME_TIMEOUT: '7200',
        SSM_PLUGIN_LOCAL_HOST: '0.0.0.0',
        SSM_PLUGIN_QUIET: '1',
      }),
      {
        messagesPerSecond: 0,
        pingIntervalMs: 30_000,
        resumeTimeoutMs: 7_200_000,
        localHost: '0.0.0.0',
        quiet: true,
      },
    );
  });

  it('that are empty or blank count as not set', () => {
    assert.deepEqual(
      readSettings({
        SSM_PLUGIN_MAX_MESSAGE_RATE: '',
        SSM_PLUGIN_PING_INTERVAL: ' ',
        SSM_PLUGIN_RESUME_TIMEOUT: '',
        SSM_PLUGIN_LOCAL_HOST: '',
        SSM_PLUGIN_QUIET: '',
      }),
      readSettings({}),
    );
  });

  it('may have white space around them', () => {
    assert.equal(readSettings({ SSM_PLUGIN_PING_INTERVAL: ' 30\n' }).pingIntervalMs, 30_000);
  });

  for (const name of [
    'SSM_PLUGIN_MAX_MESSAGE_RATE',
    'SSM_PLUGIN_PING_INTERVAL',
    'SSM_PLUGIN_RESUME_TIMEOUT',
  ]) {
    for (const value of ['fast', '-1', '1.5', '1e3', '0x10', '99999999999', '10 s']) {
      it(`${name} cannot be ${JSON.stringify(value)}, and the error names both`, () => {
        assert.throws(
          () => readSettings({ [name]: value }),
          (error) => {
            assert.ok(isConfigurationError(error, 'setting'));
            assert.ok(
              error.message.startsWith(
                `${name} is "${value}", which is not a valid value. Set a whole number `,
              ),
              error.message,
            );
            return true;
          },
        );
      });
    }
  }

  it('the ping interval cannot be nothing', () => {
    assert.throws(() => readSettings({ SSM_PLUGIN_PING_INTERVAL: '0' }), { reason: 'setting' });
  });

  it('the time for resuming can', () => {
    assert.equal(readSettings({ SSM_PLUGIN_RESUME_TIMEOUT: '0' }).resumeTimeoutMs, 0);
  });
});
