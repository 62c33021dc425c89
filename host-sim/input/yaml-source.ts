/**
 * A YAML file whose every value knows where it stands, so that a wrong one is refused with file, line and column. A `Fields` is
 * a mapping of which each key is known; asking it for a value checks the value.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Document } from "yaml"
import { BadInput, shown } from "./bad-input"
import { readText } from "./text-file"
import type { NestedSettings } from "./timed-input"

export class YamlSource {
  #document: Document
  #lines = new LineCounter()

  /** `text` is what the file holds, where that is known already. */
  constructor(
    readonly file: string,
    text = readText(file),
  ) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
    const error = this.#document.errors[0]
    if (error) this.#refuseAt(error.pos[0], `is not YAML: ${error.message.split("\n")[0]}`)
  }

  /** The file as one mapping with these keys. */
  fields(known: readonly string[], what: string): Fields {
    const root = this.#document.contents as Node | null
    if (root === null) throw new BadInput(`${this.file}: is empty; expected ${what}`)
    return this.fieldsOf(root, known, what)
  }

  /** `node` as a mapping with these keys. */
  fieldsOf(node: Node, known: readonly string[], what: string): Fields {
    const map = this.resolve(node)
    if (!isMap(map)) return this.refuse(node, `is ${this.show(node)}; expected ${what}: a mapping with ${known.join(", ")}`)
    const values = new Map<string, Node>()
    for (const pair of map.items) {
      const key = pair.key as Node
      const name = isScalar(key) ? String(key.value) : ""
      if (!known.includes(name)) this.refuse(key, `${this.show(key)} is not known in ${what}; expected one of ${known.join(", ")}`)
      if (pair.value !== null) values.set(name, pair.value as Node)
    }
    return new Fields(this, node, values, what)
  }

  /** The items of a list; anything else is a list of one. */
  items(node: Node): Node[] {
    const list = this.resolve(node)
    return isSeq(list) ? (list.items as Node[]) : [node]
  }

  resolve(node: Node): Node {
    if (!isAlias(node)) return node
    return node.resolve(this.#document) ?? this.refuse(node, `*${node.source} is not defined before`)
  }

  /** The scalar's value; undefined for a mapping or list. */
  scalar(node: Node): unknown {
    const resolved = this.resolve(node)
    return isScalar(resolved) ? resolved.value : undefined
  }

  plain(node: Node): unknown {
    try {
      return node.toJS(this.#document)
    } catch (error) {
      return this.refuse(node, `cannot be read: ${(error as Error).message}`)
    }
  }

  show(node: Node): string {
    const scalar = this.scalar(node)
    return scalar === undefined ? (isSeq(this.resolve(node)) ? "a list" : "a mapping") : shown(scalar)
  }

  refuse(node: Node, problem: string): never {
    return this.#refuseAt(node.range?.[0] ?? 0, problem)
  }

  #refuseAt(offset: number, problem: string): never {
    const { line, col } = this.#lines.linePos(offset)
    throw new BadInput(`${this.file}:${line}:${col}: ${problem.replace(/\s+/g, " ")}`)
  }
}

export interface Range {
  readonly min: number
  readonly max: number
  readonly whole?: boolean
}

export class Fields {
  constructor(
    readonly source: YamlSource,
    readonly place: Node,
    private readonly values: Map<string, Node>,
    private readonly what: string,
  ) {}

  /** The key's value, where it is given. */
  node(name: string): Node | undefined {
    return this.values.get(name)
  }

  required(name: string): Node {
    return this.values.get(name) ?? this.source.refuse(this.place, `"${name}" is missing in ${this.what}`)
  }

  text(name: string, standard: string): string {
    const node = this.values.get(name)
    if (!node) return standard
    const value = this.source.scalar(node)
    return typeof value === "string" ? value : this.source.refuse(node, `"${name}" is ${this.source.show(node)}; expected text`)
  }

  /** The key's number; `standard` where it is absent, and without one it is required. */
  number(name: string, range: Range, standard?: number): number {
    const node = this.values.get(name) ?? (standard === undefined ? this.required(name) : undefined)
    return node ? this.numberOf(node, name, range) : (standard as number)
  }

  numberOf(node: Node, name: string, { min, max, whole = false }: Range): number {
    const value = this.source.scalar(node)
    if (typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value
    return this.source.refuse(node, `"${name}" is ${this.source.show(node)}; expected a ${whole ? "whole " : ""}number ${min}..${max}`)
  }

  choice<Name extends string>(name: string, choices: readonly Name[], standard?: Name): Name {
    const node = this.values.get(name) ?? (standard === undefined ? this.required(name) : undefined)
    if (!node) return standard as Name
    const value = this.source.scalar(node)
    if (choices.includes(value as Name)) return value as Name
    return this.source.refuse(node, `"${name}" is ${this.source.show(node)}; expected one of ${choices.join(", ")}`)
  }

  /** Nested settings, judged by `check`. */
  settings(name: string, check: (set: NestedSettings) => string | undefined): NestedSettings {
    const node = this.values.get(name)
    if (!node) return {}
    if (!isMap(this.source.resolve(node)))
      this.source.refuse(node, `"${name}" is ${this.source.show(node)}; expected settings, as in SETTINGS.json`)
    const set = this.source.plain(node) as NestedSettings
    const problem = check(set)
    return problem === undefined ? set : this.source.refuse(node, problem)
  }
}
