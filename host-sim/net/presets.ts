/** The workshop's setups, by the names of `tactus net --preset`. */
import type { OscOptions } from "../../src/net/osc-session"

/** The seed's setups: what its examples listen to and send. Ports: its Pure Data patch listens on 8001, its Python on 8000. */
export const PRESETS: Record<string, { listen: number; sendTo: number; options: OscOptions }> = {
  "workshop-python": { listen: 8000, sendTo: 8001, options: { beatAddress: "/pd", beatText: "tick" } },
  "workshop-pd": { listen: 8001, sendTo: 8000, options: { beatAddress: "/py", beatText: "tick" } },
  "workshop-tick": { listen: 8000, sendTo: 8001, options: { beatAddress: "/tick", beatText: "tick", forwardMicros: 4_000_000 } },
}
