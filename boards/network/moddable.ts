/**
 * The two classes of Moddable's that the network needs, as far as it uses them: ECMA-419's UDP socket and Wi-Fi. A board passes them in,
 * so that what is written around them runs wherever something of that shape is to be had.
 */
export interface Packet extends ArrayBuffer {
  readonly address: string
  readonly port: number
}

export interface UdpSocket {
  /** The oldest packet that waits; undefined where none does. */
  read(): Packet | undefined
  write(packet: Uint8Array, address: string, port: number): void
  close(): void
}

export type UdpClass = new (options: { port: number; onReadable: (count: number) => void }) => UdpSocket

export interface WifiInterface {
  /** 500 and more: logged in, and an address is there (ECMA-419). */
  readonly connection: number
  connect(login: { SSID: string; password?: string; secure?: boolean }): void
  disconnect(): void
  close(): void
}

export type WifiClass = new (options: object) => WifiInterface
