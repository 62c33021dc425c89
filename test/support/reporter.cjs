// The spec reporter, with two promises added: a last line that any CI can count, `N passed, N failed`, and, under CI, no
// silent skip: a test that did not run there is a failure, named, and the run ends as one. Holds in parallel mode as well.
const { reporters, Runner } = require("mocha")

module.exports = class Reporter extends reporters.Spec {
  #skipped = []

  constructor(runner, options) {
    super(runner, options)
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => this.#skipped.push(test.fullTitle()))
  }

  epilogue() {
    super.epilogue()
    const failed = this.stats.failures + this.#skipFailures()
    if (this.#skipFailures() > 0) {
      console.log("Under CI nothing may be skipped. These were:")
      for (const title of this.#skipped) console.log("  " + title)
    }
    const skipped = this.#skipped.length - this.#skipFailures()
    console.log(`${this.stats.passes} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : ""))
  }

  /** Called by mocha at the very end; what is passed on becomes the exit code. */
  done(failures, end) {
    end(failures + this.#skipFailures())
  }

  #skipFailures() {
    return process.env.CI ? this.#skipped.length : 0
  }
}
