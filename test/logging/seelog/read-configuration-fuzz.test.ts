import { it } from 'node:test';

import { isConfigurationError } from '../../../src/lib/errors/configuration-error.ts';
import { isWanted } from '../../../src/logging/seelog/level-constraints.ts';
import { LOG_LEVELS } from '../../../src/logging/level.ts';
import { readConfiguration } from '../../../src/logging/seelog/read-configuration.ts';
import { seeded, type Random } from '../../support/random.ts';
import { readTemplate } from './templates.ts';

/** Number of documents; FUZZ_CASES makes a longer run. */
const CASES = Number(process.env['FUZZ_CASES'] ?? '10000');

const FRAGMENTS = [
  '<',
  '>',
  '/>',
  '"',
  '&',
  '&amp;',
  '&#x0;',
  '<!--',
  ']]>',
  '<![CDATA[',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '<filter levels="off">',
  '</filter>',
  '<console/>',
  'formatid="std:json"',
  'minlevel="trace"',
  'levels=""',
  '%Date(',
  '%EscM()',
  '%',
  '-1',
  '9e99',
  '*',
  '\\',
  '\u0000',
  '\ufffe',
  '__proto__',
  'constructor="x"',
  'date',
] as const;

function mutate(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(40));
  const head = text.slice(0, at);
  switch (random.below(5)) {
    case 0:
      return head + text.slice(end);
    case 1:
      return head + random.pick(FRAGMENTS) + text.slice(at);
    case 2:
      return head + random.pick(FRAGMENTS) + text.slice(end);
    case 3:
      return head + text.slice(at, end).repeat(random.between(2, 4)) + text.slice(end);
    default:
      return head + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
  }
}

/** Reads a document and, if it can be read, uses the whole result. */
function use(bytes: Uint8Array): void {
  const { constraints, routes } = readConfiguration(bytes);
  const site = { file: '/opt/test/main.mjs', line: 7, functionName: 'Session.open' };
  for (const level of LOG_LEVELS) {
    isWanted(constraints, level, site);
    for (const { format } of routes) format.render({ level, message: 'opened', time: 0, site });
  }
}

function expectTypedError(bytes: Uint8Array): void {
  try {
    use(bytes);
  } catch (error) {
    if (isConfigurationError(error, 'logging')) return;
    throw new Error(`not a typed error for ${JSON.stringify(Buffer.from(bytes).toString())}`, {
      cause: error,
    });
  }
}

for (const platform of ['posix', 'windows'] as const) {
  it(`damaged ${platform} templates are read or refused without another error`, async () => {
    const template = readTemplate(platform);
    await seeded((random) => {
      for (let count = 0; count < CASES / 2; count += 1) {
        let text = template;
        for (let change = random.between(1, 8); change > 0; change -= 1)
          text = mutate(text, random);
        expectTypedError(Buffer.from(text, random.chance(0.1) ? 'utf16le' : 'utf8'));
      }
    });
  });
}

it('random bytes are read or refused without another error', async () => {
  await seeded((random) => {
    for (let count = 0; count < CASES / 10; count += 1) {
      expectTypedError(random.bytes(random.below(200)));
    }
  });
});
