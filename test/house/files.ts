/** What the house rules look at: the files of the working tree that are tracked or about to be, as text and as syntax trees. */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import ts from "typescript"

export const ROOT = join(__dirname, "../..")

let names: readonly string[] | undefined

/** Paths from the top, with forward slashes. Untracked files count unless they are ignored, so a new file is judged before its commit. */
export function houseFiles(): readonly string[] {
  if (names) return names
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" })
  if (git.status !== 0) throw new Error(`git ls-files: ${git.error?.message ?? git.stderr}`)
  names = [...new Set(git.stdout.split("\0"))].filter((name) => name !== "" && existsSync(join(ROOT, name))).sort()
  return names
}

/** Files under `folder` whose names end in `.ts`. */
export function sources(...folders: string[]): string[] {
  return houseFiles().filter((name) => name.endsWith(".ts") && folders.some((folder) => name.startsWith(folder + "/")))
}

export function text(name: string): string {
  return readFileSync(join(ROOT, name), "utf8")
}

export function tree(name: string): ts.SourceFile {
  return ts.createSourceFile(name, text(name), ts.ScriptTarget.ES2022, true)
}

/** Calls `visit` with every node below `node`, parents first. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  ts.forEachChild(node, (child) => {
    visit(child)
    walk(child, visit)
  })
}

/** `file:line`, as editors jump to it. */
export function place(file: ts.SourceFile, node: ts.Node): string {
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`
}

export interface Import {
  readonly place: string
  /** As written. */
  readonly specifier: string
  /** For a relative one: the path from the top that it names, without extension. */
  readonly target: string | undefined
}

/** Every module a file names: imports, re-exports, `import()`, `require()`, types of `import("…")`. */
export function importsOf(name: string): Import[] {
  const file = tree(name)
  const found: Import[] = []
  walk(file, (node) => {
    const specifier = specifierOf(node)
    if (!specifier) return
    const target = specifier.text.startsWith(".") ? normalize(join(dirname(name), specifier.text)).replaceAll("\\", "/") : undefined
    found.push({ place: place(file, node), specifier: specifier.text, target })
  })
  return found
}

function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  let specifier: ts.Node | undefined
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) specifier = node.moduleSpecifier
  else if (ts.isExternalModuleReference(node)) specifier = node.expression
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) specifier = node.argument.literal
  else if (ts.isCallExpression(node)) {
    const called = node.expression
    const loads = called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === "require")
    if (loads) specifier = node.arguments[0]
  }
  return specifier && ts.isStringLiteral(specifier) ? specifier : undefined
}
