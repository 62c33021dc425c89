/** The connection to a live host: a WebSocket to where the page came from, taken up again whenever it breaks. */
import type { Transport, TransportEvents } from "./device"

const RETRY_MILLISECONDS = 700
/** A host that has said nothing for so long is gone, whatever the network thinks. */
const SILENCE_MILLISECONDS = 4000

export function connectSocket(events: TransportEvents): Transport {
  let socket: WebSocket | undefined
  let heard = 0
  const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live${location.search}`
  const connect = () => {
    const mine = new WebSocket(address)
    socket = mine
    heard = performance.now()
    mine.onopen = () => events.open()
    mine.onmessage = (message) => {
      heard = performance.now()
      events.text(String(message.data))
    }
    mine.onclose = () => {
      if (socket !== mine) return
      socket = undefined
      events.closed()
      setTimeout(connect, RETRY_MILLISECONDS)
    }
  }
  setInterval(() => {
    if (socket && performance.now() - heard > SILENCE_MILLISECONDS) socket.close()
  }, 1000)
  connect()
  return {
    send: (text) => {
      if (socket?.readyState !== WebSocket.OPEN) return false
      socket.send(text)
      return true
    },
  }
}
