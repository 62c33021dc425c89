/** `npm run jig`: puts the test instrument on a second, Espruino board. */
import { parseArgs } from "node:util"
import { minify, upload } from "./build"

const USAGE = `usage: npm run jig -- --port PATH     minify the jig and send it to the Espruino board at PATH (/dev/ttyACM0, COM3)
       npm run jig -- --build         only minify it
Then open a terminal on the board and type: clock({ bpm: 120, ppqn: 4 })   report()`

function main(): number {
  if (["--help", "-h"].includes(process.argv[2])) {
    console.log(USAGE)
    return 0
  }
  let port: string | undefined
  let build: boolean | undefined
  try {
    ;({ port, build } = parseArgs({ options: { port: { type: "string" }, build: { type: "boolean" } } }).values)
  } catch (error) {
    console.error(`${(error as Error).message.split(". ")[0]}\n${USAGE}`)
    return 2
  }
  if ((port === undefined) === (build === undefined)) {
    console.error(USAGE)
    return 2
  }
  try {
    if (port === undefined) console.log(`minified: ${minify()}`)
    else {
      upload(port)
      console.log(`the jig is on the board at ${port}; type clock({ bpm: 120, ppqn: 4 }), then report()`)
    }
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 2
  }
}

process.exitCode = main()
