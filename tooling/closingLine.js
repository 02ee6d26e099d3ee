const { writeSync } = require('node:fs');

/**
 * Jest reporter that ends a run with `N passed, N failed` alone on the last line: jest's own summary comes after every reporter,
 * hence the exit handler. A suite that could not run counts as one failure, so that a broken import never reads as success.
 */
class ClosingLine {
	onRunComplete(_contexts, results) {
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		process.once('exit', () =>
			writeSync(1, `\n${results.numPassedTests} passed, ${failed} failed\n`),
		);
	}
}

module.exports = ClosingLine;
