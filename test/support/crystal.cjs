// Loaded before a program (NODE_OPTIONS=--require): gives its process a crystal and a time of day of its own, as another machine has.
// CRYSTAL_START is a moment of the monotonic clock, ns; from then on this process' clocks run CRYSTAL_PPM fast, and at that
// moment its time of day was CRYSTAL_DAY, ms since 1970. Timers stay as they are: they are not what is measured.
const { CRYSTAL_START, CRYSTAL_PPM, CRYSTAL_DAY } = process.env
const start = BigInt(CRYSTAL_START)
const perMillion = BigInt(CRYSTAL_PPM)
const trueTime = process.hrtime.bigint.bind(process.hrtime)

process.hrtime.bigint = () => {
  const elapsed = trueTime() - start
  return start + elapsed + (elapsed * perMillion) / 1000000n
}
Date.now = () => Math.floor(Number(CRYSTAL_DAY) + Number(process.hrtime.bigint() - start) / 1e6)
