import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';

let parser: Parser | undefined;

/** Whether a text is a whole script by the grammar of PowerShell, which does not run here. */
export async function isPowershell(script: string): Promise<boolean> {
  parser ??= await powershellParser();
  const tree = parser.parse(script);
  return tree !== null && !tree.rootNode.hasError;
}

/** The text of a function in a script, by its name. @returns an empty text if there is none */
export async function functionOf(script: string, name: string): Promise<string> {
  parser ??= await powershellParser();
  const root = parser.parse(script)?.rootNode;
  const functions = root?.descendantsOfType('function_statement') ?? [];
  return functions.find((node) => node.namedChild(0)?.text === name)?.text ?? '';
}

async function powershellParser(): Promise<Parser> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/package.json');
  const language = await Language.load(join(dirname(grammar), 'tree-sitter-powershell.wasm'));
  return new Parser().setLanguage(language);
}
