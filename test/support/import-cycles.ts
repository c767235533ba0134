import { posix } from 'node:path';
import ts from 'typescript';

/**
 * Groups of files that import values from each other in a circle, by the text of every file; each
 * group is sorted.
 */
export function importCycles(files: ReadonlyMap<string, string>): string[][] {
  const imports = new Map([...files].map(([file, text]) => [file, valueImports(file, text)]));
  const circles = [...imports.keys()]
    .map((file) => circleOf(file, imports))
    .filter((circle) => circle.length > 0);
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()];
}

type Imports = ReadonlyMap<string, readonly string[]>;

/** The files that a file reaches and that reach it; empty where there are none. */
function circleOf(file: string, imports: Imports): string[] {
  const reached = reach(file, imports);
  return reached.has(file)
    ? [...reached].filter((other) => reach(other, imports).has(file)).toSorted()
    : [];
}

function reach(from: string, imports: Imports): Set<string> {
  const reached = new Set<string>();
  const pending = [...(imports.get(from) ?? [])];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    pending.push(...(imports.get(file) ?? []));
  }
  return reached;
}

/** What a file imports at run time from files beside it, `import()` included. */
export function valueImports(file: string, text: string): string[] {
  const specifiers: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importedBy(node);
    if (specifier?.startsWith('.')) specifiers.push(posix.join(posix.dirname(file), specifier));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return specifiers;
}

function importedBy(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node))
    return node.importClause && isOnlyTypes(node.importClause)
      ? null
      : textOf(node.moduleSpecifier);
  if (ts.isExportDeclaration(node)) return isOnlyTypes(node) ? null : textOf(node.moduleSpecifier);
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
