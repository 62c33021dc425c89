/**
 * What `src` may not contain, found in its syntax trees rather than by text. It must run unchanged on a module, in a browser
 * and in virtual time (no clock, no chance, no host), from ROM (Moddable preloads modules and freezes them: no state at module
 * level), and, between an input and an output, without allocating (a garbage collection on the RP2040 takes 3 ms).
 * That the hot path really allocates nothing is measured on the engine itself, in test/contract.
 */
import assert from "node:assert/strict"
import ts from "typescript"
import { place, sources, tree, walk } from "./files"

/** Globals that would tie the core to a clock, to chance or to one host. The compiler, with `types: []`, refuses the others. */
const NOT_IN_THE_CORE = new Set(
  "Date performance process require console Buffer global globalThis window self eval Function Promise Intl Atomics WeakRef setTimeout setInterval setImmediate queueMicrotask structuredClone".split(
    " ",
  ),
)

/** Files of `src` that never run between an input event and an output event, with the reason. They may be written for readers. */
const COLD: Record<string, string> = {
  "src/midi/carrier.ts": "speaks at start and when a setting is turned",
  "src/settings.ts": "runs at start and when a setting is turned",
  "src/settings-table.ts": "a table",
  "src/config/config-port.ts": "answers an editor, a message at a time",
  "src/config/self-test.ts": "runs on request, while no clock does",
  "src/configure.ts": "runs at start and when a setting is turned",
  "src/net/election.ts": "hears a hello a second",
  "src/net/module-hand.ts": "tells what came from afar",
  "src/net/networked-module.ts": "hears a packet, or does what is due from afar; else a comparison",
  "src/net/ntp-exchange.ts": "asks once a second",
  "src/net/osc-commands.ts": "reads a packet at a time",
  "src/net/osc-session.ts": "reads a packet at a time",
  "src/net/pump.ts": "does what came from afar, where something is due",
  "src/net/shared-timeline.ts": "hears a heartbeat at a time",
  "src/net/station.ts": "reads a packet at a time, and says hello once a second",
  "src/net/timeline-messages.ts": "reads a packet at a time",
  "src/net/timeline-player.ts": "lays the line ten times a second",
  "src/counters.ts": "a snapshot for reports and panels",
  "src/state.ts": "a snapshot for reports and panels",
}

type Finding = (node: ts.Node) => string | undefined

function findings(names: readonly string[], judge: Finding): string[] {
  const found: string[] = []
  for (const name of names) {
    const file = tree(name)
    walk(file, (node) => {
      const problem = judge(node)
      if (problem) found.push(`${place(file, node)} ${problem}`)
    })
  }
  return found
}

const core = () => sources("src")
const hot = () => core().filter((name) => !(name in COLD))

/** Is `node` a name that is looked up, rather than the name of a property or member? */
function isLookedUp(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false
  if (ts.isQualifiedName(parent) && parent.right === node) return false
  const declares = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)
  return !((declares || ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) && parent.name === node)
}

/** The function, method or constructor around `node`; undefined where it runs when the module is loaded or an object is made. */
function functionAround(node: ts.Node): ts.Node | undefined {
  for (let at = node.parent; at && !ts.isSourceFile(at); at = at.parent) {
    if (ts.isPropertyDeclaration(at)) return undefined
    if (ts.isFunctionLike(at)) return at
  }
  return undefined
}

/** Runs once: at load, in a constructor, in a field's initial value, or in a function whose name says that it makes something. */
function runsOnce(node: ts.Node): boolean {
  const around = functionAround(node)
  if (around === undefined || ts.isConstructorDeclaration(around)) return true
  return ts.isFunctionDeclaration(around) && /^make[A-Z]/.test(around.name?.text ?? "")
}

function isDestructuring(node: ts.Node): boolean {
  if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) return true
  const assigns = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken
  return assigns && (ts.isObjectLiteralExpression(node.left) || ts.isArrayLiteralExpression(node.left))
}

describe("the house: src", () => {
  it("is there, and so is every file listed as cold", () => {
    assert.ok(core().includes("src/event.ts"))
    assert.deepEqual(
      Object.keys(COLD).filter((name) => !core().includes(name)),
      [],
    )
  })

  it("knows no clock, no chance, no host", () => {
    const wrong = findings(core(), (node) => {
      if (ts.isIdentifier(node) && NOT_IN_THE_CORE.has(node.text) && isLookedUp(node)) return `uses ${node.text}`
      const random = ts.isPropertyAccessExpression(node) && node.name.text === "random" && node.expression.getText() === "Math"
      return random ? "uses Math.random" : undefined
    })
    assert.deepEqual(wrong, [])
  })

  it("keeps no state at module level, where preload freezes it into ROM", () => {
    const wrong = findings(core(), (node) => {
      if (ts.isVariableStatement(node) && ts.isSourceFile(node.parent) && !(node.declarationList.flags & ts.NodeFlags.Const)) {
        const declared = node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword)
        return declared ? undefined : "declares a variable at module level"
      }
      if (ts.isNewExpression(node) && !ts.findAncestor(node, (at) => ts.isFunctionLike(at) || ts.isPropertyDeclaration(at))) {
        return `makes a ${node.expression.getText()} at module level`
      }
      const isStatic = ts.isPropertyDeclaration(node) && node.modifiers?.some((one) => one.kind === ts.SyntaxKind.StaticKeyword)
      return isStatic ? "has a static field" : undefined
    })
    assert.deepEqual(wrong, [])
  })

  it("is written without generators and promises", () => {
    const wrong = findings(core(), (node) => {
      if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) return "waits"
      return ts.isFunctionLike(node) && "asteriskToken" in node && node.asteriskToken ? "is a generator" : undefined
    })
    assert.deepEqual(wrong, [])
  })

  it("has no closures on the hot path", () => {
    const wrong = findings(hot(), (node) => {
      const closes = ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node)
      return closes && functionAround(node) && !runsOnce(node) ? "makes a function inside a function" : undefined
    })
    assert.deepEqual(wrong, [])
  })

  it("has no iterators, destructuring, spread or template strings on the hot path", () => {
    const wrong = findings(hot(), (node) => {
      if (runsOnce(node)) return undefined
      if (ts.isForOfStatement(node)) return "iterates with for...of"
      if (ts.isForInStatement(node)) return "iterates with for...in"
      if (isDestructuring(node)) return "destructures"
      if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) return "spreads"
      if (ts.isParameter(node) && node.dotDotDotToken) return "takes a rest parameter"
      return ts.isTemplateExpression(node) || ts.isTaggedTemplateExpression(node) ? "builds a template string" : undefined
    })
    assert.deepEqual(wrong, [])
  })

  it("makes objects only where it runs once", () => {
    const wrong = findings(hot(), (node) => {
      if (runsOnce(node)) return undefined
      if (ts.isNewExpression(node)) return `makes a ${node.expression.getText()}`
      if (ts.isObjectLiteralExpression(node)) return "makes an object"
      if (ts.isArrayLiteralExpression(node)) return "makes an array"
      if (ts.isRegularExpressionLiteral(node)) return "makes a regular expression"
      return ts.isClassExpression(node) ? "makes a class" : undefined
    })
    assert.deepEqual(wrong, [])
  })
})
