/**
 * Jest reporter that ends a run with `N passed, N failed` alone on a line. A suite that could not run counts as one failure,
 * so that a broken import never reads as success.
 */
class ClosingLine {
	onRunComplete(_contexts, results) {
		const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
		process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`);
	}
}

module.exports = ClosingLine;
