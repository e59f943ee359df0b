import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { testGuide } from '../support/guide.ts';
import { codeSpans, readDocument, ROOT, tableRows } from '../support/markdown.ts';
import { secureAccount } from '../support/secure-account.ts';
import { OPENSSL } from '../../support/tools.ts';

const GUIDE = 'docs/troubleshooting.md';

testGuide(GUIDE, {
  tools: [OPENSSL],
  prepare(t) {
    const { account, file } = secureAccount(t);
    return { account, env: { AWS_CA_BUNDLE: file } };
  },
});

describe('the errors of the guide', () => {
  const source = globSync('src/**/*.ts', { cwd: ROOT })
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n')
    // A text may be put together of several lines.
    .replaceAll(/['`] \+\s*['`]/g, '');
  const errors = tableRows(readDocument(GUIDE)).flatMap(([text = '']) =>
    codeSpans(text).filter((span) => span.includes(' ') && /[a-z]{3}/.test(span)),
  );

  it('exist', () => assert.ok(errors.length > 3));

  for (const text of errors) {
    it(`${text}: is a text of the program`, () => {
      for (const part of text.split('…').map((one) => one.replaceAll(/^\W+|\W+$/g, ''))) {
        assert.ok(source.includes(part), `the program has no text "${part}"`);
      }
    });
  }
});
