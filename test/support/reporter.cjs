// The spec reporter, with two promises added: a closing line that any CI can count, and, under CI, no silent skip:
// a test that did not run there is a failure, with its reason.
const { reporters } = require("mocha")

module.exports = class Reporter extends reporters.Spec {
  epilogue() {
    super.epilogue()
    const { passes, failures, pending } = this.stats
    const skippedIsFailure = Boolean(process.env.CI) && pending > 0
    if (skippedIsFailure) {
      console.log("Under CI nothing may be skipped. Install what these need:")
      for (const test of this.runner.suite ? collectPending(this.runner.suite) : []) console.log("  " + test.fullTitle())
      process.exitCode = 1
      process.on("exit", () => (process.exitCode = process.exitCode || 1))
    }
    const skipped = skippedIsFailure ? 0 : pending
    console.log(`${passes} passed, ${failures + (skippedIsFailure ? pending : 0)} failed` + (skipped ? `, ${skipped} skipped` : ""))
  }
}

function collectPending(suite) {
  return [...suite.tests.filter((test) => test.isPending()), ...suite.suites.flatMap(collectPending)]
}
