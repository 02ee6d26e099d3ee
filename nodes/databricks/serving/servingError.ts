import { DatabricksError } from '../errors';

const longestMessage = 400;
const longestValue = 80;

/**
 * The error of a scoring server as it may be shown. Its texts repeat the rows that were sent (114 kB for
 * 200 records were recorded) before they say what is wrong, and what a model itself raised stands in the
 * last line of the stack trace alone. What is left names columns and types, no rows.
 */
export function cleanServingError(error: unknown): unknown {
	if (!(error instanceof DatabricksError) || error.status === undefined) return error;
	const message = withoutRows(error.message);
	const raised = /unexpected error while evaluating the model/i.test(error.message)
		? error.trace
		: undefined;
	return error.with({
		message: raised === undefined ? message : `The model raised an error: ${shortened(raised)}`,
		trace: undefined,
		hint: error.hint ?? hintFor(error.message),
	});
}

function withoutRows(message: string): string {
	if (/^Failed to (predict|enforce schema of) data/.test(message)) {
		const problem = message.slice(message.lastIndexOf("'. Error: ") + "'. Error: ".length);
		return message.includes("'. Error: ")
			? `The input does not fit the model: ${shortened(problem)}`
			: 'The input does not fit the model; the answer does not say why.';
	}
	const head = message.split(/\n?Input:? ?\n/)[0] ?? message;
	return shortened(head);
}

/** Long quoted values are data; the rest is cut where it gets long. */
function shortened(text: string): string {
	const plain = text
		.replace(/'([^']{81,})'/g, (_, value: string) => `'${value.slice(0, longestValue)}…'`)
		.replace(/(\[|\{)[^\n]{200,}/g, '$1…')
		.trim();
	return plain.length > longestMessage ? `${plain.slice(0, longestMessage)}…` : plain;
}

function hintFor(message: string): string | undefined {
	if (/missing inputs/.test(message)) {
		return "Give every item the columns that the model requires; 'Model Columns' shows them.";
	}
	if (/Failed to convert column|Can not safely convert/.test(message)) {
		return 'Check the type of the value in the column that the message names.';
	}
	return undefined;
}
