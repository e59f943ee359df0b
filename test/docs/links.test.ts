import assert from 'node:assert/strict';
import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { readDocument, ROOT } from './support/markdown.ts';

const EXTERNAL = /^[a-z][a-z+.-]*:/;

describe('links between documents', () => {
  for (const path of globSync(['*.md', '{docs,test}/**/*.md'], { cwd: ROOT })) {
    it(`of ${path} point to files and headings that exist`, () => {
      const own = readDocument(path);
      for (const { target, line } of own.links.filter((link) => !EXTERNAL.test(link.target))) {
        const place = `${path}:${line}: ${target}`;
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? path : join(dirname(path), file);
        assert.ok(existsSync(join(ROOT, linked)), `${place}: there is no such file`);
        if (anchor === undefined) continue;
        assert.ok(statSync(join(ROOT, linked)).isFile(), `${place}: is no document`);
        const anchors = readDocument(linked).sections.map((section) => section.anchor);
        assert.ok(anchors.includes(anchor), `${place}: there is no such heading`);
      }
    });
  }
});
