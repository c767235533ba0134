import { posix } from 'node:path';
import ts from 'typescript';

/**
 * Groups of files that import values from each other in a circle, by the text of every file; each
 * group is sorted.
 */
export function importCycles(files: ReadonlyMap<string, string>): string[][] {
  return circlesOf(new Map([...files].map(([file, text]) => [file, valueImports(file, text)])));
}

type Imports = ReadonlyMap<string, readonly string[]>;

/** Groups of nodes that reach each other; each group is sorted. */
export function circlesOf(imports: Imports): string[][] {
  const circles = [...imports.keys()]
    .map((node) => circleOf(node, imports))
    .filter((circle) => circle.length > 0);
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}

/** The nodes that a node reaches and that reach it; empty where there are none. */
function circleOf(node: string, imports: Imports): string[] {
  const reached = reach(node, imports);
  return reached.has(node)
    ? [...reached].filter((other) => reach(other, imports).has(node)).toSorted()
    : [];
}

function reach(from: string, imports: Imports): Set<string> {
  const reached = new Set<string>();
  const pending = [...(imports.get(from) ?? [])];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    pending.push(...(imports.get(node) ?? []));
  }
  return reached;
}

/** The files of the repository that a file imports at run time, `import()` included. */
export const valueImports = (file: string, text: string): string[] =>
  importsOf(file, text, (node) => isOnlyTypes(node));

/** The files of the repository that a file imports, types included. */
export const allImports = (file: string, text: string): string[] =>
  importsOf(file, text, () => false);

type Skip = (node: ts.ImportClause | ts.ExportDeclaration) => boolean;

function importsOf(file: string, text: string, skip: Skip): string[] {
  const specifiers: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node, skip);
    if (specifier?.startsWith('.')) specifiers.push(posix.join(posix.dirname(file), specifier));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return specifiers;
}

function importedBy(node: ts.Node, skip: Skip): string | null {
  if (ts.isImportDeclaration(node))
    return node.importClause && skip(node.importClause) ? null : textOf(node.moduleSpecifier);
  if (ts.isExportDeclaration(node)) return skip(node) ? null : textOf(node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  return null;
}

function isOnlyTypes(node: ts.ImportClause | ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  if (ts.isImportClause(node) && node.name) return false;
  const named = ts.isImportClause(node) ? node.namedBindings : node.exportClause;
  return (
    named !== undefined &&
    'elements' in named &&
    named.elements.length > 0 &&
    named.elements.every((one) => one.isTypeOnly)
  );
}

const textOf = (node: ts.Expression | undefined): string | null =>
  node && ts.isStringLiteralLike(node) ? node.text : null;
