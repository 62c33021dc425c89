/**
 * What the cards are to play, from what the live core tells: the core's own pulses, `aheadMicros` later, while its internal clock rules;
 * under a clock from outside pulses that are foreseen, at their own time.
 */
import { OUT_SYNC } from "../../src/event"
import type { Settings } from "../../src/settings"
import type { Micros } from "../../src/time"
import type { NestedSettings } from "../input/timed-input"
import type { Update } from "../live/engine"
import { Foresight } from "./foresight"
import { type ModulePulse, PulseReader } from "./pulse-reader"
import { StepKeeper } from "./step-keeper"

/** Of a pulse that makes up for one. */
const USUAL_WIDTH_MICROS = 15_000

export class CardPulses {
  private readonly keeper = new StepKeeper()
  private readonly foresight: Foresight
  private readonly jack: PulseReader
  private readonly foreseen: PulseReader
  private settings: Settings
  private isInternal = true

  /** `take` hears each pulse with the time, on the core's clock, at which it is to be heard. */
  constructor(
    settings: NestedSettings,
    private readonly aheadMicros: Micros,
    private readonly take: (pulse: ModulePulse) => void,
  ) {
    this.settings = settings as unknown as Settings
    this.jack = new PulseReader((pulse) => {
      this.keeper.jack(pulse)
      if (this.isInternal) this.play({ ...pulse, time: pulse.time + this.aheadMicros })
    })
    this.foreseen = new PulseReader((pulse) => this.play(pulse))
    this.foresight = new Foresight(settings, aheadMicros, (time, word) => this.foreseen.hear(time, word, this.settings))
  }

  /** The core holds other settings. */
  change(settings: NestedSettings): void {
    this.settings = settings as unknown as Settings
    this.foresight.change(settings)
  }

  /** The core has told what it does. */
  follow(update: Update): void {
    const { outputs, time } = update
    this.isInternal = update.isInternal
    for (let i = 0; i < outputs.length; i += 2) this.jack.hear(outputs[i], outputs[i + 1], this.settings)
    this.foresight.follow(update)
    if (this.isInternal || !this.foresight.isSteady) this.keeper.wait()
    else
      this.keeper.look(
        time,
        (channel) => pulsesPerPart(this.settings, channel),
        (port, count) => {
          for (let i = 0; i < count; i++) this.play({ port, time, widthMicros: this.widthOf(port) })
        },
      )
  }

  private play(pulse: ModulePulse): void {
    if (this.keeper.card(pulse)) this.take(pulse)
  }

  private widthOf(port: number): Micros {
    return this.settings.sync[port - OUT_SYNC]?.widthMicros ?? USUAL_WIDTH_MICROS
  }
}

/** After so many pulses an instrument is where it was. */
export function pulsesPerPart(settings: Settings, channel: number): number {
  return Math.max(1, Math.round((settings.part.steps * settings.sync[channel].ppqn) / 4))
}
