import { DatabricksError } from '../errors';

/** A result of which a part is missing or came wrong. */
export function incompleteResult(statementId: string, what: string): DatabricksError {
	return new DatabricksError({
		kind: 'unexpectedAnswer',
		message: `The result of statement ${statementId} is not complete: ${what}.`,
		hint: 'Run the statement again.',
		ids: { statementId },
	});
}

/** A result with another number of rows than its manifest says. */
export function wrongRowCount(
	statementId: string,
	came: number,
	expected: number,
): DatabricksError {
	return incompleteResult(statementId, `${came} of ${expected} rows came`);
}
