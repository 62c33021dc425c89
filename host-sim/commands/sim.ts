/** `tactus sim`: a scenario, played in virtual time. */
import { readScenario } from "../input/scenario"
import { settingsChecker } from "../input/settings-file"
import { type Command, readOptions } from "./command"
import { play, STANDARD_OUT } from "./run"
import { summary } from "./summary"

export const sim: Command = {
  about: "plays a scenario (YAML) in virtual time",
  help: `npm run -s sim -- SCENARIO.yaml [--out DIR]

Plays a scenario: settings and timed inputs, written for people (host-sim/scenarios.md; examples in test/scenarios).

  --out DIR   where events.jsonl, report.json, clock.mid, trace.vcd and timeline.svg go (${STANDARD_OUT})
`,
  run(words) {
    const { options, operands } = readOptions(words, ["out"], ["SCENARIO.yaml"])
    const scenario = readScenario(operands[0], settingsChecker())
    const out = options.out ?? STANDARD_OUT
    const { reading, files } = play({ ...scenario, title: scenario.name, out })
    process.stdout.write(summary(scenario.name, reading, out, files))
  },
}
