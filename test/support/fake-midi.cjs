// A MIDI library with the face of @julusian/midi and no MIDI behind it, for threads that cannot be reached otherwise: the ports that are there stand
// in the file FAKE_MIDI_PORTS names; what goes in and out goes over a BroadcastChannel of that name. See fake-midi.ts.
const { EventEmitter } = require("node:events")
const { readFileSync } = require("node:fs")
const { BroadcastChannel } = require("node:worker_threads")

const file = process.env.FAKE_MIDI_PORTS
const ports = () => JSON.parse(readFileSync(file, "utf8"))

function side(name, Base) {
  return class extends Base {
    #open
    #ignored
    #channel
    constructor() {
      super()
      if (ports().isDown) throw new Error("Failed to initialise RtMidi")
      this.#channel = new BroadcastChannel(file)
      this.#channel.unref()
      this.#channel.onmessage = ({ data }) => {
        const status = data.bytes[0]
        const isHeard = !this.#ignored || (status === 0xf0 ? !this.#ignored[0] : status === 0xf8 ? !this.#ignored[1] : true)
        if (data.to === this.#open && isHeard && name === "inputs") this.emit("message", 0, data.bytes)
      }
    }
    getPortCount() {
      return ports()[name].length
    }
    getPortName(port) {
      return ports()[name][port] ?? ""
    }
    ignoreTypes(...types) {
      this.#ignored = types
    }
    setBufferSize() {}
    openPortByName(port) {
      if (ports().refused?.includes(port)) throw new Error("the port is in use")
      if (ports()[name].includes(port)) this.#open = port
    }
    openVirtualPort(port) {
      this.#open = port
    }
    isPortOpen() {
      return this.#open !== undefined
    }
    closePort() {
      this.#open = undefined
    }
    destroy() {
      this.#channel.close()
    }
    sendMessage(bytes) {
      this.#channel.postMessage({ from: this.#open, bytes: [...bytes], at: process.hrtime.bigint() })
    }
  }
}

// As the library does: SysEx and clocks are ignored unless one says otherwise.
exports.Input = class extends side("inputs", EventEmitter) {
  constructor() {
    super()
    this.ignoreTypes(true, true, true)
  }
}
exports.Output = side("outputs", Object)
