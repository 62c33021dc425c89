/** The bench command from outside: what it says on wrong use, and where there is nothing to compare with. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"

const ROOT = join(__dirname, "../../..")

function bench(...options: string[]) {
  return spawnSync(process.execPath, ["--require", "tsx/cjs", "tools/bench/main.ts", ...options], { cwd: ROOT, encoding: "utf8" })
}

describe("the bench command", () => {
  it("names its benches, in its help and when asked for another", () => {
    const help = bench("--help")
    assert.equal(help.status, 0)
    assert.match(help.stdout, /follower[^]*peers/)
    const wrong = bench("toString")
    assert.equal(wrong.status, 2)
    assert.match(wrong.stderr, /^bench: unknown bench "toString"; expected one of [^\n]*follower[^\n]*\n$/)
  })

  it("refuses options it does not know, in one line", () => {
    for (const name of ["follower", "peers"]) {
      const { status, stderr, stdout } = bench(name, "--fast")
      assert.equal(status, 2)
      assert.equal(stdout, "")
      assert.match(stderr, new RegExp(`^bench ${name}: [^\\n]*--fast[^\\n]*\\n$`))
    }
  })

  it("says where no recordings are, and is content", () => {
    const { status, stderr, stdout } = bench("peers", "--traces", "no/such/folder")
    assert.equal(status, 0)
    assert.match(stderr, /no recordings in .*no\/such\/folder/)
    assert.deepEqual(JSON.parse(stdout), {})
  })
})
