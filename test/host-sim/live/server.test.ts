import assert from "node:assert/strict"
import { request } from "node:http"
import { connect } from "node:net"
import { once } from "node:events"
import { WebSocket } from "ws"
import { PanelServer } from "../../../host-sim/live/server"

interface Reply {
  readonly status: number
  readonly text: string
}

/** What the page may load and who may show it. */
function policyOf(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { agent: false }, (response) => {
      response.resume()
      resolve(String(response.headers["content-security-policy"]))
    })
    asked.on("error", reject)
    asked.end()
  })
}

function get(address: string, headers: Record<string, string> = {}, method = "GET"): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { headers, method, agent: false }, (response) => {
      let text = ""
      response.on("data", (part) => (text += part))
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on("error", reject)
    asked.end()
  })
}

/** What became of a WebSocket: "open", or the status it was refused with. */
async function tryToJoin(address: string, headers: Record<string, string> = {}): Promise<string> {
  const socket = new WebSocket(address.replace("http", "ws"), { headers })
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.close()
      resolve("open")
    })
    socket.on("error", (error) => resolve(/\d{3}/.exec(error.message)?.[0] ?? error.message))
  })
}

describe("the panel's server", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const heard: string[] = []
  let server: PanelServer
  let address: string
  const open = async (token?: string) => {
    heard.length = 0
    const events = {
      joined: () => ["welcome"],
      heard: (text: string, answer: (text: string) => void) => {
        heard.push(text)
        answer("heard")
      },
    }
    server = new PanelServer({ host: "127.0.0.1", port: 0, token }, "<p>page</p>", events)
    address = await server.open()
  }
  afterEach(() => server.close())

  it("serves one page, and says so elsewhere", async () => {
    await open()
    assert.deepEqual(await get(address), { status: 200, text: "<p>page</p>" })
    assert.equal((await get(address + "../../etc/passwd")).status, 404)
    assert.equal((await get(address, {}, "POST")).status, 405)
  })

  it("may not be shown inside a page from somewhere else, nor load anything from there", async () => {
    await open()
    const policy = await policyOf(address)
    for (const part of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), part)
    assert.doesNotMatch(policy, /https?:|\*/)
  })

  it("answers only under its own name: a name that merely leads here is refused", async () => {
    await open()
    assert.equal((await get(address, { host: "evil.example" })).status, 403)
    assert.equal(await tryToJoin(address + "live", { host: "evil.example" }), "403")
  })

  it("takes pages of its own origin and programs without one, no others", async () => {
    await open()
    assert.equal(await tryToJoin(address + "live", { origin: address.slice(0, -1) }), "open")
    assert.equal(await tryToJoin(address + "live"), "open")
    assert.equal(await tryToJoin(address + "live", { origin: "http://evil.example" }), "403")
    assert.equal(await tryToJoin(address + "live", { origin: "null" }), "403")
  })

  it("asks for the token where there is one", async () => {
    await open("open sesame")
    assert.match(address, /\?token=open%20sesame$/)
    assert.equal((await get(address)).status, 200)
    assert.equal((await get(address.split("?")[0])).status, 403)
    assert.equal((await get(address.slice(0, -1))).status, 403)
    assert.equal(await tryToJoin(address.replace("/?", "/live?")), "open")
    assert.equal(await tryToJoin(address.split("?")[0] + "live"), "403")
  })

  it("hears a page, answers it, and tells all of them", async () => {
    await open()
    const socket = new WebSocket(address.replace("http", "ws") + "live")
    const said: string[] = []
    socket.on("message", (data) => said.push(String(data)))
    await once(socket, "open")
    socket.send("hello")
    while (said.length < 2) await once(socket, "message")
    server.broadcast("news")
    while (said.length < 3) await once(socket, "message")
    assert.deepEqual(said, ["welcome", "heard", "news"])
    assert.deepEqual(heard, ["hello"])
  })

  it("closes on what is too long, and survives bytes that are no HTTP", async () => {
    await open()
    const socket = new WebSocket(address.replace("http", "ws") + "live")
    await once(socket, "open")
    socket.send("x".repeat(100000))
    const [code] = (await once(socket, "close")) as [number]
    assert.equal(code, 1009)
    for (const bytes of [
      "\0\xff\xfe",
      "GET\r\n\r\n",
      "GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
      "\r\n".repeat(99),
    ]) {
      const raw = connect(Number(new URL(address).port), "127.0.0.1")
      raw.on("error", () => {})
      raw.end(bytes)
      raw.resume()
      await once(raw, "close")
    }
    assert.equal((await get(address)).status, 200)
  })

  it("says in a line that its port is taken", async () => {
    await open()
    const other = new PanelServer({ host: "127.0.0.1", port: Number(new URL(address).port) }, "", { joined: () => [], heard: () => {} })
    await assert.rejects(other.open(), /port \d+ is in use; expected a free one/)
  })
})
