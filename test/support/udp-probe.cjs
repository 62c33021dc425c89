// Sends a packet from an address of its choice so many times, waits, and prints what came back: {"answers": N, "bytes": N, "longest": N}.
// For network namespaces, where it runs with a node of its own: udp-probe.cjs FROM TO PORT TIMES HEX
const { createSocket } = require("node:dgram")
const [from, to, port, times, hex] = process.argv.slice(2)
const WAIT_MILLIS = 700
const heard = { answers: 0, bytes: 0, longest: 0 }
const socket = createSocket("udp4")
socket.on("message", (packet) => {
  heard.answers++
  heard.bytes += packet.length
  heard.longest = Math.max(heard.longest, packet.length)
})
socket.bind(0, from, () => {
  for (let time = 0; time < Number(times); time++) socket.send(Buffer.from(hex, "hex"), Number(port), to)
  setTimeout(() => {
    console.log(JSON.stringify(heard))
    socket.close()
  }, WAIT_MILLIS)
})
