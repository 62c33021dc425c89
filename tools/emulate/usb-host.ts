/**
 * A USB host that knows one thing: MIDI. It enumerates the device, keeps its descriptors, finds the bulk endpoints of the MIDI
 * streaming interface, takes every packet the device offers and hands over queued ones as soon as the device listens.
 */
import { DataDirection, DescriptorType, SetupRecipient, SetupRequest, SetupType, createSetupPacket } from "rp2040js"
import type { Chip } from "./chip"

const AUDIO_CLASS = 1
const MIDI_STREAMING = 3
const PACKETS_IN_BUFFER = 16
/** Between two control transfers: the status stage of the first is over by then. */
const PAUSE_NANOS = 300_000
const LANGUAGE_ENGLISH = 0x0409

export interface UsbPacket {
  /** When the device gave it to its endpoint, ns. */
  readonly nanos: number
  readonly bytes: Uint8Array
}

type Request = { readonly type: DescriptorType | 0; readonly index: number; readonly length: number }

export class UsbMidiHost {
  readonly descriptors: Uint8Array[] = []
  readonly strings = new Map<number, string>()
  mounted = false
  private endpointIn = -1
  private endpointOut = -1
  private listening = 0
  private readonly queue: Uint8Array[] = []
  private answer: number[] = []
  private readonly plan: Request[] = []
  private asked: Request | null = null
  private readonly pause

  constructor(
    private readonly chip: Chip,
    private readonly received: (packet: UsbPacket) => void,
  ) {
    const usb = chip.usbCtrl
    this.pause = chip.clock.createAlarm(() => this.next())
    usb.onUSBEnabled = () => usb.resetDevice()
    usb.onResetReceived = () => this.control(DataDirection.HostToDevice, SetupRequest.SetAddress, 1, 0)
    usb.onEndpointWrite = (endpoint, buffer) => (endpoint === 0 ? this.controlIn(buffer) : this.bulkIn(endpoint, buffer))
    usb.onEndpointRead = (endpoint) => {
      if (endpoint === 0) usb.endpointReadDone(0, new Uint8Array())
      else if (endpoint === this.endpointOut) {
        this.listening++
        this.handOver()
      }
    }
  }

  /** Queues one event packet: cable and code, then up to three bytes. */
  send(packet: readonly number[]): void {
    this.queue.push(Uint8Array.from([0, 1, 2, 3], (index) => packet[index] ?? 0))
    this.handOver()
  }

  private handOver(): void {
    if (this.listening === 0 || this.queue.length === 0) return
    this.listening--
    const packets = this.queue.splice(0, PACKETS_IN_BUFFER)
    this.chip.usbCtrl.endpointReadDone(this.endpointOut, Uint8Array.from(packets.flatMap((packet) => [...packet])))
  }

  private bulkIn(endpoint: number, buffer: Uint8Array): void {
    if (endpoint !== this.endpointIn) return
    const nanos = this.chip.nanos - this.chip.usbCtrl.writeDelayMicroseconds * 1000
    for (let offset = 0; offset + 4 <= buffer.length; offset += 4) this.received({ nanos, bytes: buffer.slice(offset, offset + 4) })
  }

  private control(dataDirection: DataDirection, bRequest: SetupRequest, wValue: number, wLength: number, wIndex = 0): void {
    const recipient = SetupRecipient.Device
    const packet = createSetupPacket({ dataDirection, type: SetupType.Standard, recipient, bRequest, wValue, wIndex, wLength })
    this.chip.usbCtrl.sendSetupPacket(packet)
  }

  private controlIn(buffer: Uint8Array): void {
    if (!this.asked) {
      // The address is set, or the configuration.
      if (this.endpointIn < 0 && this.plan.length === 0) this.plan.push(...FIRST_REQUESTS)
      else if (this.endpointIn >= 0) this.mounted = true
      return this.pause.schedule(PAUSE_NANOS)
    }
    this.answer.push(...buffer)
    const wanted = this.asked.type === DescriptorType.String ? this.answer[0] : this.asked.length
    if (this.answer.length < wanted && buffer.length === 64) return
    this.take(this.asked, Uint8Array.from(this.answer))
    this.asked = null
    this.answer = []
    this.pause.schedule(PAUSE_NANOS)
  }

  private next(): void {
    const request = this.plan.shift()
    if (!request) {
      if (this.endpointIn >= 0 && !this.mounted) this.control(DataDirection.HostToDevice, SetupRequest.SetDeviceConfiguration, 1, 0)
      return
    }
    this.asked = request
    const language = request.type === DescriptorType.String ? LANGUAGE_ENGLISH : 0
    this.control(DataDirection.DeviceToHost, SetupRequest.GetDescriptor, (request.type << 8) | request.index, request.length, language)
  }

  private take(request: Request, answer: Uint8Array): void {
    if (request.type === DescriptorType.String) {
      this.strings.set(request.index, Buffer.from(answer.slice(2, answer[0])).toString("utf16le"))
    } else if (request.type === DescriptorType.Configration && request.length === 9) {
      this.plan.unshift({ type: DescriptorType.Configration, index: 0, length: answer[2] | (answer[3] << 8) })
    } else {
      this.descriptors.push(answer)
      if (request.type === DescriptorType.Configration) this.findEndpoints(answer)
    }
  }

  private findEndpoints(descriptors: Uint8Array): void {
    let inMidi = false
    for (let index = 0; index + 2 <= descriptors.length && descriptors[index] >= 2; index += descriptors[index]) {
      const type = descriptors[index + 1]
      if (type === DescriptorType.Interface) {
        inMidi = descriptors[index + 5] === AUDIO_CLASS && descriptors[index + 6] === MIDI_STREAMING
      } else if (type === DescriptorType.Endpoint && inMidi) {
        const address = descriptors[index + 2]
        if (address & 0x80) this.endpointIn = address & 0xf
        else this.endpointOut = address
      }
    }
  }
}

const FIRST_REQUESTS: readonly Request[] = [
  { type: DescriptorType.Device, index: 0, length: 18 },
  { type: DescriptorType.String, index: 2, length: 255 },
  { type: DescriptorType.String, index: 3, length: 255 },
  { type: DescriptorType.Configration, index: 0, length: 9 },
]
