import { dirname, join } from 'node:path';
import ts from 'typescript';

/** What a source file shares with others, and what it takes of them. */
export interface ModuleFacts {
  /** Names that it exports. */
  readonly exported: readonly Exported[];
  /** What it imports; a file with each, as a path of the project. */
  readonly imports: readonly Imported[];
}

/** One exported name. */
export interface Exported {
  readonly name: string;
  /** Interfaces and type aliases: part of what other exports are described by. */
  readonly isType: boolean;
  /** The file itself uses it besides declaring it. */
  readonly isUsedHere: boolean;
}

/** One import. */
export interface Imported {
  readonly file: string;
  readonly name: string;
}

/**
 * Reads a source file without its types.
 *
 * @param path - of the file in the project
 */
export function readModule(path: string, text: string): ModuleFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const mentions = countIdentifiers(source);
  const imports: Imported[] = [];
  const take = (specifier: ts.Node | undefined, names: readonly string[] | undefined): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    if (!specifier.text.startsWith('.')) return;
    const file = join(dirname(path), specifier.text);
    if (names !== undefined) imports.push(...names.map((name) => ({ file, name })));
    // Of a whole module the file uses what it mentions.
    else imports.push(...[...mentions.keys()].map((name) => ({ file, name })));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, importedNames(node.importClause));
    if (ts.isExportDeclaration(node)) take(node.moduleSpecifier, reexportedNames(node));
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      take(node.arguments[0], undefined);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      take(node.argument.literal, undefined);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { exported: source.statements.flatMap((one) => exportsOf(one, mentions)), imports };
}

function countIdentifiers(source: ts.SourceFile): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) counts.set(node.text, (counts.get(node.text) ?? 0) + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return counts;
}

function importedNames(clause: ts.ImportClause | undefined): readonly string[] | undefined {
  if (clause === undefined) return [];
  const { name, namedBindings } = clause;
  const names = name === undefined ? [] : ['default'];
  if (namedBindings === undefined) return names;
  if (ts.isNamespaceImport(namedBindings)) return undefined;
  return [...names, ...namedBindings.elements.map((one) => (one.propertyName ?? one.name).text)];
}

function reexportedNames({ exportClause }: ts.ExportDeclaration): readonly string[] | undefined {
  if (exportClause === undefined || ts.isNamespaceExport(exportClause)) return undefined;
  return exportClause.elements.map((one) => (one.propertyName ?? one.name).text);
}

function exportsOf(
  statement: ts.Statement,
  mentions: ReadonlyMap<string, number>,
): readonly Exported[] {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.map(({ name }) => ({
      name: name.text,
      isType: false,
      isUsedHere: false,
    }));
  }
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  if (!isExported) return [];
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return declaredNames(statement).map((name) => ({
    name,
    isType,
    isUsedHere: (mentions.get(name) ?? 0) > 1,
  }));
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
