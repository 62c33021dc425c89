import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { needs } from "../../support/needs"

const ROOT = join(__dirname, "../../..")
const JETSON = join(ROOT, "host-sim/jetson")

describe("tactus as a service", () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tactus-jetson-"))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it("the unit is one that systemd takes without a remark", function () {
    needs(this, "systemd-analyze", "systemd")
    const unit = join(folder, "tactus.service")
    copyFileSync(join(JETSON, "tactus.service"), unit)
    const verified = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" })
    assert.equal(verified.error, undefined)
    // What it says of the machine it runs on, a container without a bus for one, is no affair of the unit's.
    assert.deepEqual(
      verified.stderr.split("\n").filter((line) => line.includes("tactus")),
      [],
    )
  })

  it("four cards have four names, and no socket has two", () => {
    const rules = readFileSync(join(JETSON, "70-tactus-cards.rules"), "utf8")
      .split("\n")
      .flatMap((line) => {
        const match = /^SUBSYSTEMS=="usb", KERNELS=="([\d.|-]+)", ATTR\{id\}="(\w{1,15})"$/.exec(line)
        return match ? [{ ports: match[1].split("|"), name: match[2] }] : []
      })
    assert.deepEqual(
      rules.map(({ name }) => name),
      ["tactus1", "tactus2", "tactus3", "tactus4"],
    )
    const ports = rules.flatMap((rule) => rule.ports)
    assert.equal(new Set(ports).size, 8)
  })

  it("the script says in a line what it needs, and does nothing without it", () => {
    const run = () =>
      spawnSync("/bin/sh", [join(JETSON, "install.sh")], { encoding: "utf8", env: { PATH: folder, DESTDIR: join(folder, "image") } })
    symlinkSync("/usr/bin/dirname", join(folder, "dirname"))
    const without = run()
    assert.equal(without.stderr, "install.sh: there is no node; expected Node 20 or later (jetson.md says where from)\n")
    writeFileSync(join(folder, "node"), '#!/bin/sh\n[ "$1" = -p ] && echo 18 || echo v18.20.0\n', { mode: 0o755 })
    const old = run()
    assert.equal(old.stderr, "install.sh: node is v18.20.0; expected 20 or later\n")
    assert.deepEqual([without.status, old.status, existsSync(join(folder, "image"))], [2, 2, false])
  })

  it("the package holds all that the command needs: unpacked elsewhere it serves the panel", async () => {
    const packed = spawnSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT, encoding: "utf8" })
    assert.equal(packed.status, 0, packed.stderr)
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz")) as string
    assert.equal(spawnSync("tar", ["-xzf", archive], { cwd: folder }).status, 0)
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"))
    const host = spawn(process.execPath, [join(folder, "package/host-sim/tactus.cjs"), "live", "--port", "0", "--no-midi"], { cwd: folder })
    let said = ""
    try {
      await new Promise<void>((resolve, reject) => {
        const hear = (text: Buffer) => {
          said += String(text)
          if (said.includes("Ctrl-C")) resolve()
        }
        host.stdout.on("data", hear)
        host.stderr.on("data", hear)
        host.on("exit", () => reject(new Error(said)))
      })
      const page = await fetch(/http:\S+/.exec(said)?.[0] as string)
      assert.match(await page.text(), /<title>tactus<\/title>/)
    } finally {
      host.removeAllListeners("exit")
      host.kill("SIGINT")
    }
    await new Promise((resolve) => host.on("exit", resolve))
    assert.equal(host.exitCode, 0, said)
  })
})
