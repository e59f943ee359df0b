import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../support/screen.ts';
import { drawScreen } from './support/svg.ts';

const SIZE = { cols: 20, rows: 3 };
const TEXTS = { title: 'One & two', description: 'Drawn' };

async function drawn(output: string): Promise<readonly string[]> {
  const svg = drawScreen(await render(output, { size: SIZE }), SIZE, TEXTS);
  return svg.split('\n').filter((line) => /^<(?:text|rect|title)/.test(line));
}

describe('the picture of a screen', () => {
  it('puts each text at its column and row, as wide as its cells', async () => {
    const [title, , first, second, third, cursor] = await drawn('a b  <c>\r\n  字');
    assert.equal(title, '<title id="title">One &amp; two</title>');
    assert.equal(first, '<text x="16" y="30" textLength="25.2">a b</text>');
    assert.equal(second, '<text x="58" y="30" textLength="25.2">&lt;c&gt;</text>');
    assert.match(third ?? '', /^<text .*y="49" .*> +字 *<\/text>$/);
    assert.match(cursor ?? '', /class="cursor" x="49.6" y="35"/);
  });

  it('shows bold, dim, colours and inverse text by classes that both themes define', async () => {
    const [, , bold, dim, box, inverse] = await drawn(
      '\x1b[1;32mA\x1b[0;2mB\x1b[0;7;33mC\x1b[0;91m\x1b[0m',
    );
    assert.match(bold ?? '', /class="b c2">A/);
    assert.match(dim ?? '', /class="dim">B/);
    assert.match(box ?? '', /<rect class="c3" /);
    assert.match(inverse ?? '', /class="on">C/);
  });
});
