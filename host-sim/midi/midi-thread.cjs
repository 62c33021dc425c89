// The MIDI inputs' thread. Registers the TypeScript loader for itself, then runs midi-thread.ts.
require("tsx/cjs")
require("./midi-thread.ts")
