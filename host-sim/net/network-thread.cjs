// The thread of the network's sockets. Registers the TypeScript loader for itself, then runs network-thread.ts.
require("tsx/cjs")
require("./network-thread.ts")
