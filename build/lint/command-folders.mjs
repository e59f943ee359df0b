import path from 'node:path';

const COMMAND_FILE = /^(.*\/src\/commands\/)([^/]+)\//;

/**
 * Which other command an import belongs to.
 *
 * @param {string} file - the path of the importing file
 * @param {string} source - what it imports
 * @returns {string | undefined} undefined for an import that is allowed
 */
export function foreignCommand(file, source) {
  const [, commands, own] = COMMAND_FILE.exec(file.replaceAll('\\', '/')) ?? [];
  if (commands === undefined || !source.startsWith('.')) return undefined;
  const imported = path.posix.join(path.posix.dirname(file.replaceAll('\\', '/')), source);
  const [, others, other] = COMMAND_FILE.exec(imported) ?? [];
  return others === commands && other !== own ? other : undefined;
}

/**
 * A command imports no file of another one: what several commands share is in `src/cli/`.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const commandFolders = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    /** @param {{ source?: import('estree').Expression | null | undefined }} node */
    const check = (node) => {
      const { source } = node;
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const other = foreignCommand(context.filename, source.value);
      if (other === undefined) return;
      const message = `This belongs to the command "${other}". Move what commands share to src/cli/.`;
      context.report({ node: source, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};
