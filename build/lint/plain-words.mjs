import { VOCABULARY } from './vocabulary.mjs';

/** Text that is not prose: code, quotations, links, addresses. */
const QUOTED = /`[^`]*`|"[^"\n]*"|“[^”]*”|\{@link [^}]*\}|https?:\S+/g;
/** The beginning of each line of a block comment. */
const LINE_START = /\n[ \t]*\*?[ \t]?/g;
const TEST_FUNCTIONS = new Set(['it', 'describe']);

/**
 * What a text has of the vocabulary to avoid.
 *
 * @param {string} text
 * @param {boolean} everywhere - checks only what is avoided everywhere
 * @returns {string | undefined} undefined when it has nothing
 */
export function findRiddle(text, everywhere) {
  const prose = text.replaceAll(LINE_START, ' ').replaceAll(QUOTED, ' … ');
  for (const entry of VOCABULARY) {
    if (everywhere && entry.everywhere !== true) continue;
    const found = entry.avoid.exec(prose);
    if (found !== null) return `"${found[0]}" is read twice; write: ${entry.write}.`;
  }
  return undefined;
}

/**
 * Comments, and names of tests, are in the project's vocabulary. With the option `texts`, so are all
 * strings, as far as an entry of the vocabulary is for all texts.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const plainWords = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { texts: { type: 'boolean' } } }],
  },
  create(context) {
    const options = /** @type {readonly { readonly texts?: boolean }[]} */ (context.options);
    const texts = options[0]?.texts ?? false;
    /** @param {import('eslint').Rule.Node} node @param {string} text @param {boolean} everywhere */
    const check = (node, text, everywhere) => {
      const message = findRiddle(text, everywhere);
      if (message !== undefined) context.report({ node, message });
    };
    /** @param {import('eslint').Rule.Node} node */
    const isTestName = ({ parent }) =>
      parent?.type === 'CallExpression' &&
      parent.callee.type === 'Identifier' &&
      TEST_FUNCTIONS.has(parent.callee.name);
    return {
      Program() {
        for (const { value, loc } of context.sourceCode.getAllComments()) {
          const message = findRiddle(value, false);
          if (message !== undefined && loc) context.report({ loc, message });
        }
      },
      Literal(node) {
        if (typeof node.value !== 'string') return;
        if (isTestName(node)) check(node, node.value, false);
        else if (texts) check(node, node.value, true);
      },
      TemplateLiteral(node) {
        if (!texts && !isTestName(node)) return;
        const text = node.quasis.map(({ value }) => value.raw).join('…');
        check(node, text, !isTestName(node));
      },
    };
  },
};
