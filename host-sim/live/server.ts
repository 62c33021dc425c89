/**
 * The panel's server: one page over HTTP, one WebSocket. It listens on the loopback unless told otherwise; then a token is asked
 * for. A browser's page of another origin is refused (its Origin), and so is a name that merely resolves to this machine (its
 * Host). A client that does not read is dropped, so that it costs nothing.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { type WebSocket, WebSocketServer } from "ws"
import { BadInput } from "../input/bad-input"
import { RateLimit } from "../net/rate-limit"
import { LONGEST_MESSAGE } from "./protocol"

/** A client with so many bytes unread is gone or as good as gone. */
const MOST_BUFFERED = 4 << 20
const MOST_CLIENTS = 200
/** Also those that have said nothing yet. */
const MOST_CONNECTIONS = 300
/** Whoever takes longer to ask is not asking. */
const REQUEST_MILLISECONDS = 10_000
/** Messages of one client: more than fingers and pots can do. Beyond it the connection ends; a page comes back by itself. */
const MESSAGES_PER_SECOND = 300
const MESSAGES_AT_ONCE = 1000

export interface Access {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** undefined: none is asked for, loopback only. */
  readonly token?: string
}

export interface ServerEvents {
  /** A page has come: what it is to hear first. */
  joined(): string[]
  /** A page has said `text`; `answer` is for it alone. */
  heard(text: string, answer: (text: string) => void): void
}

export class PanelServer {
  private readonly http: Server
  private readonly policy: string
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE })

  constructor(
    private readonly access: Access,
    private readonly page: string,
    private readonly events: ServerEvents,
  ) {
    this.policy = policyOf(page)
    const patience = { requestTimeout: REQUEST_MILLISECONDS, headersTimeout: REQUEST_MILLISECONDS }
    this.http = createServer(patience, (request, response) => this.serve(request, response))
    this.http.maxConnections = MOST_CONNECTIONS
    this.http.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head))
    this.http.on("clientError", (_, socket) => socket.destroy())
  }

  /** Resolves with the page's address. */
  open(): Promise<string> {
    const { host, port, token } = this.access
    return new Promise((resolve, reject) => {
      this.http.once("error", (error: NodeJS.ErrnoException) => {
        reject(
          error.code === "EADDRINUSE"
            ? new BadInput(`port ${port} is in use; expected a free one: --port N (0 finds one)`)
            : new BadInput(`cannot listen on ${host}:${port}: ${error.code ?? error.message}`),
        )
      })
      this.http.listen(port, host, () => {
        resolve(`http://${this.ownName()}/${token === undefined ? "" : `?token=${encodeURIComponent(token)}`}`)
      })
    })
  }

  /** To every page. */
  broadcast(text: string): void {
    for (const client of this.sockets.clients) {
      if (client.bufferedAmount > MOST_BUFFERED) client.terminate()
      else if (client.readyState === client.OPEN) client.send(text)
    }
  }

  get clientCount(): number {
    return this.sockets.clients.size
  }

  /** Twice is fine. */
  close(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate()
    return new Promise((resolve) => {
      this.http.close(() => resolve())
      this.http.closeAllConnections()
    })
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" }
    const problem = this.problemOf(request)
    if (problem) return void response.writeHead(403, headers).end(problem + "\n")
    if (request.method !== "GET" && request.method !== "HEAD")
      return void response.writeHead(405, { ...headers, allow: "GET" }).end("GET only\n")
    if (pathOf(request) !== "/") return void response.writeHead(404, headers).end("the panel is at /\n")
    response.writeHead(200, {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": this.policy,
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    })
    response.end(request.method === "HEAD" ? "" : this.page)
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy())
    const problem = this.sockets.clients.size >= MOST_CLIENTS ? "too many panels are open" : this.problemOf(request)
    if (problem || pathOf(request) !== "/live") {
      socket.end(`HTTP/1.1 ${problem ? "403 Forbidden" : "404 Not Found"}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
      return
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => this.join(client))
  }

  private join(client: WebSocket): void {
    client.on("error", () => client.terminate())
    for (const text of this.events.joined()) client.send(text)
    const limit = new RateLimit(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE, 1)
    client.on("message", (data, isBinary) => {
      if (client.readyState !== client.OPEN) return // what it has said before it was sent away
      if (!limit.allows("", performance.now() * 1000)) return client.close(1008, "too many messages")
      const answer = (text: string) => client.readyState === client.OPEN && client.send(text)
      this.events.heard(isBinary ? "" : String(data), answer)
    })
  }

  /** Why a request is refused; "" where it is fine. */
  private problemOf(request: IncomingMessage): string {
    const { host, origin } = request.headers
    const { token } = this.access
    if (token === undefined) {
      if (!this.isOwn(host)) return "this is not the address the panel was started on"
    } else if (!isSame(tokenOf(request), token)) return "the token is missing or wrong: use the address that was printed at the start"
    if (origin !== undefined && origin !== `http://${host}`) return "a page from somewhere else may not speak to the module"
    return ""
  }

  private isOwn(host: string | undefined): boolean {
    const { port } = this.http.address() as AddressInfo
    return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, this.ownName()].includes(host ?? "")
  }

  private ownName(): string {
    const { port, address, family } = this.http.address() as AddressInfo
    const isAny = address === "0.0.0.0" || address === "::"
    const name = isAny ? this.access.host : family === "IPv6" ? `[${address}]` : address
    return `${name}:${port}`
  }
}

/**
 * The page runs the scripts and styles that it came with, and no others. No page of somebody else's may show it, either: its buttons would be
 * pressed by clicks meant for something else.
 */
function policyOf(page: string): string {
  const hashes = (tag: string) =>
    [...page.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))]
      .map(([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`)
      .join(" ") || "'none'"
  return [
    "default-src 'none'",
    `script-src ${hashes("script")}`,
    `style-src ${hashes("style")}`,
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ")
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0]
}

function tokenOf(request: IncomingMessage): string {
  return new URLSearchParams((request.url ?? "").split("?")[1] ?? "").get("token") ?? ""
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)]
  return one.length === other.length && timingSafeEqual(one, other)
}
