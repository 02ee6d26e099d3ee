import { SqlError } from '../../sql/sqlError';
import { tokenize, type Token } from '../../sql/tokens';
import { storeTo, translateExpression } from '../../sql/translate';
import type { Context } from '../context';
import { violations } from '../dml/stage';
import { lastingScope } from '../lastingScope';
import { typeOf, type StoredColumn, type StoredTable } from '../storedTable';

/** After one of these words a colon marks a parameter; after any other name it is a path into JSON. */
const keywords = new Set(
	'SELECT WHERE AND OR NOT THEN ELSE WHEN IN BETWEEN LIKE LIMIT BY ON CASE DEFAULT HAVING'.split(
		' ',
	),
);

/**
 * Text that outlives its statement cannot hold one of the statement's parameters.
 * @throws SqlError UNSUPPORTED_FEATURE.PARAMETER_MARKER_IN_UNEXPECTED_STATEMENT
 */
export function refuseParameters(text: string, place: string): void {
	const tokens = tokenize(text);
	const found = tokens.some(
		(token, at) =>
			token.kind === 'symbol' &&
			token.text === ':' &&
			tokens[at + 1]?.kind === 'word' &&
			isMarkerAfter(tokens[at - 1]),
	);
	if (!found) return;
	throw new SqlError(
		'UNSUPPORTED_FEATURE.PARAMETER_MARKER_IN_UNEXPECTED_STATEMENT',
		'0A000',
		`The feature is not supported: Parameter markers are not allowed in ${place}.`,
	);
}

function isMarkerAfter(before: Token | undefined): boolean {
	if (before === undefined) return true;
	if (before.kind === 'quoted' || before.text === ')' || before.text === ']') return false;
	return before.kind !== 'word' || keywords.has(before.text.toUpperCase());
}

/** Checks the DEFAULT and CHECK expressions of a table as it is made. */
export async function checkKeptExpressions(context: Context, table: StoredTable): Promise<void> {
	for (const column of table.state.columns) await checkDefault(context, column);
	for (const { expression } of table.state.constraints) {
		refuseParameters(expression, 'CHECK');
		await violations(context, table, expression);
	}
}

export async function checkDefault(context: Context, column: StoredColumn): Promise<void> {
	if (column.defaultExpression === undefined) return;
	refuseParameters(column.defaultExpression, 'DEFAULT');
	const scope = lastingScope(context, 'TABLE', [column.name]);
	const value = await translateExpression(column.defaultExpression, scope, []);
	storeTo(value.sql, value.type, typeOf(column), column.name);
}
