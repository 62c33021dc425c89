import assert from "node:assert/strict"
import { shellBlocks } from "./shell-blocks"

describe("shell blocks", () => {
  it("are the fenced sh blocks, with their lines and remarks", () => {
    const markdown = [
      "# A title",
      "```sh",
      "one",
      "# two",
      "```",
      "```ts",
      "not(this)",
      "```",
      "<!-- not run here: it never ends -->",
      "",
      "- ````sh",
      "    ```sh",
      "    indented",
      "    ```",
    ]
    assert.deepEqual(shellBlocks(markdown.join("\n")), [
      { line: 3, commands: "one\n# two", notRun: undefined },
      { line: 13, commands: "indented", notRun: undefined },
    ])
    assert.deepEqual(shellBlocks("text\n<!-- not run here: it never ends -->\n\n```sh\nx\n```\n"), [
      { line: 5, commands: "x", notRun: "it never ends" },
    ])
    assert.deepEqual(shellBlocks("no commands"), [])
  })

  it("must be closed", () => {
    assert.throws(() => shellBlocks("a\n```sh\nx"), /line 2 is not closed/)
  })
})
