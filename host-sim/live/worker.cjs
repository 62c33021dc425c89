// The live core's thread. Registers the TypeScript loader for itself, then runs the loop of worker.ts.
require("tsx/cjs")
require("./worker.ts")
