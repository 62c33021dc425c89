#!/usr/bin/env node
// The command. Registers the TypeScript loader, then hands over to main.ts, which composes everything.
require("tsx/cjs")
require("./main.ts")
