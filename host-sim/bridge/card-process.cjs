// A card's own process. Registers the TypeScript loader for itself, then runs card-process.ts.
require("tsx/cjs")
require("./card-process.ts")
