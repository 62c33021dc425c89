// The bench board on Moddable's engine, timer and UDP; main.c gives it a clock, a way to speak and its settings.
import UDP from "embedded:io/socket/udp"
import Timer from "timer"
import { BenchBoard } from "../bench-board"

const micros = native("xs_bench_micros")
const say = native("xs_bench_say")
const settings = native("xs_bench_settings")

export default new BenchBoard(JSON.parse(settings()), { micros, say, every: (milliseconds, run) => Timer.repeat(run, milliseconds), UDP })
