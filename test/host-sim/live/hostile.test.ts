/**
 * Whoever speaks to the panel's port need not mean well: bytes that are no HTTP and no WebSocket, messages that are no requests, floods of them,
 * and settings made to be dear. None of it ends the host, reaches the core or the settings, or keeps another panel waiting.
 */
import assert from "node:assert/strict"
import { once } from "node:events"
import { get } from "node:http"
import { connect } from "node:net"
import fc from "fast-check"
import { WebSocket } from "ws"
import { PanelServer } from "../../../host-sim/live/server"
import { Session } from "../../../host-sim/live/session"
import { until } from "../../support/sleep"

const RUNS = 60
const HANDSHAKE =
  "GET /live HTTP/1.1\r\nhost: HOST\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

describe("a panel's port under attack", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let session: Session
  let server: PanelServer
  let host: string
  let socket: WebSocket
  let answers: { answer: number; problems: string[] }[]
  const page = "<style>b{}</style><script>1</script>"

  const ask = (request: object) => socket.send(JSON.stringify(request))
  const answerTo = async (id: number) => {
    await until(`an answer to ${id}`, () => answers.some(({ answer }) => answer === id))
    return answers.find(({ answer }) => answer === id)?.problems as string[]
  }
  const join = async () => {
    answers = []
    socket = new WebSocket(`ws://${host}/live`)
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as { answer?: number; problems: string[] }
      if (message.answer !== undefined) answers.push(message as never)
    })
    await once(socket, "open")
  }
  /** Sends bytes over a connection of their own, and waits for its end; the host's answer, if any. */
  const throwAt = async (bytes: Uint8Array | string) => {
    const raw = connect(Number(host.split(":")[1]), "127.0.0.1")
    let said = ""
    raw.on("error", () => {})
    raw.on("data", (data) => (said += data.toString("latin1")))
    raw.end(bytes)
    await once(raw, "close")
    return said
  }
  /** The host is as it was: it answers, and its settings are those it had. */
  const isUnmoved = async () => {
    const id = 1_000_000 + answers.length
    ask({ id, set: {} })
    assert.deepEqual(await answerTo(id), [])
    assert.equal(session.host.settings?.tempo, 111)
  }

  beforeEach(async () => {
    session = new Session({ source: "internal", tempo: 111 }, undefined)
    server = new PanelServer({ host: "127.0.0.1", port: 0 }, page, {
      joined: () => session.greeting(),
      heard: (text, answer) => void session.request(text, answer),
    })
    session.broadcast = (text) => server.broadcast(text)
    await session.host.ready()
    host = new URL(await server.open()).host
    await join()
  })
  afterEach(async () => {
    socket.terminate()
    await server.close()
    await session.close()
  })

  it("bytes that are no HTTP, or nearly", async () => {
    const heads = [
      "",
      "GET ",
      "GET / HTTP/1.1\r\n",
      `GET / HTTP/1.1\r\nhost: ${host}\r\n`,
      "POST / HTTP/1.1\r\ncontent-length: 99999999\r\n",
    ]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        const said = await throwAt(Buffer.concat([Buffer.from(head), tail]))
        assert.ok(!said.includes("HTTP/1.1 200") || head.includes(host), said)
      }),
      { numRuns: RUNS },
    )
    for (const target of ["http://evil.example/", "//evil.example/live", "/../../etc/passwd", "/%00", "*", `/${"a".repeat(20000)}`])
      assert.doesNotMatch(await throwAt(`GET ${target} HTTP/1.1\r\nhost: evil.example\r\n\r\n`), /HTTP\/1.1 (200|101)/)
    assert.doesNotMatch(await throwAt(`GET / HTTP/1.1\r\n${"x: y\r\n".repeat(5000)}\r\n`), /HTTP\/1.1 200/)
    await isUnmoved()
  })

  it("bytes that are no WebSocket frames, after a fine handshake", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (frames) => {
        assert.match(await throwAt(Buffer.concat([Buffer.from(HANDSHAKE.replace("HOST", host)), frames])), /^HTTP\/1.1 101/)
      }),
      { numRuns: RUNS },
    )
    await until("the others to be gone", () => server.clientCount === 1)
    await isUnmoved()
  })

  it("messages that are no requests, and requests for what there is not", async () => {
    const near = fc.record(
      {
        id: fc.oneof(fc.nat(1000), fc.anything()),
        set: fc.oneof(
          fc.object({ maxDepth: 4 }),
          fc.dictionary(fc.constantFrom("tempoo", "__proto__", "constructor", "sync"), fc.anything()),
        ),
        input: fc.record({ port: fc.constantFrom("pot-wait", "nowhere"), value: fc.anything() }),
        clock: fc.anything(),
        factory: fc.constant(1),
      },
      { requiredKeys: ["id"] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          near.map((one) => JSON.stringify(one)),
        ),
        async (text) => {
          socket.send(text)
        },
      ),
      { numRuns: RUNS * 5 },
    )
    await isUnmoved()
    assert.equal(({} as { tempo?: unknown }).tempo, undefined)
  })

  it("settings that are deep enough to overflow a stack, or thousands of wrong ones, never reach the core", async () => {
    const before = session.host.update?.counters
    const deep = (open: string, close: string) => `{"id": 1, "set": {"sync": ${open.repeat(9000)}1${close.repeat(9000)}}}`
    socket.send(deep("[", "]"))
    assert.match((await answerTo(1))[0], /"set" is no object of settings/)
    answers = []
    socket.send(deep('{"a":', "}"))
    assert.match((await answerTo(1))[0], /"set" is no object of settings/)
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`tempo${i}`, i]))
    ask({ id: 2, set: { ...many, tempo: 90 } })
    assert.equal((await answerTo(2)).length, 5)
    await isUnmoved()
    assert.deepEqual(session.host.update?.counters, before)
  })

  it("more MIDI than the wire can carry is refused, not kept", async () => {
    for (let id = 1; id <= 30; id++) ask({ id, input: { port: "midi-din", bytes: Array.from({ length: 1000 }, () => 0xfe) } })
    assert.deepEqual(await answerTo(1), [])
    assert.deepEqual(await answerTo(30), ["the DIN wire is taken for seconds to come"])
    await isUnmoved()
  })

  it("a flood ends the connection it comes by, and no other", async () => {
    const flood = new WebSocket(`ws://${host}/live`)
    await once(flood, "open")
    const closed = once(flood, "close")
    for (let id = 0; id < 5000; id++) flood.send('{"id": 5, "input": {"port": "cv", "level": 1}}')
    assert.equal(((await closed) as [number])[0], 1008)
    await isUnmoved()
  })

  it("the page may run what it came with, be nobody's frame, and talk to nobody else", async () => {
    const [response] = (await once(get(`http://${host}/`), "response")) as [{ headers: Record<string, string>; resume(): void }]
    response.resume()
    const policy = response.headers["content-security-policy"]
    assert.match(policy, /default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='/)
    for (const rule of ["connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"])
      assert.ok(policy.includes(rule))
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(response.headers["x-frame-options"], "DENY")
  })
})
