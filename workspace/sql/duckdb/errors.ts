import { SqlError, UNSUPPORTED_HERE } from '../sqlError';

const INTEGER_NAMES: Record<string, string> = {
	INT8: 'byte',
	INT16: 'short',
	INT32: 'integer',
	INT64: 'long',
};
const ALTERNATIVES: Record<string, string> = {
	addition: 'try_add',
	subtraction: 'try_subtract',
	multiplication: 'try_multiply',
};

function arithmeticOverflow(size: string, operation: string): SqlError {
	const name = INTEGER_NAMES[size] ?? 'long';
	const alternative = ALTERNATIVES[operation];
	const hint =
		alternative === undefined
			? ''
			: ` Use '${alternative}' to tolerate overflow and return NULL instead.`;
	return new SqlError(
		'ARITHMETIC_OVERFLOW',
		'22003',
		`${name} overflow.${hint} If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.`,
	);
}

/** TINYINT and SMALLINT are told with their operands, both as if they were SMALLINT. */
function smallOverflow([, operation = '', left = '', sign = '', right = '']: string[]): SqlError {
	return new SqlError(
		'BINARY_ARITHMETIC_OVERFLOW',
		'22003',
		`${left}S ${sign} ${right}S caused overflow. Use \`${ALTERNATIVES[operation] ?? 'try_add'}\` to ignore overflow problem and return NULL.`,
	);
}

/**
 * The SqlError of anything thrown while DuckDB ran translated SQL. Errors that the SQL raises itself
 * carry condition and SQLSTATE in their text; DuckDB's own overflows get Spark's condition; what is
 * left is reported as not supported here, with DuckDB's first line, never as a result.
 */
export function sqlErrorOf(error: unknown): SqlError {
	if (error instanceof SqlError) return error;
	const message = error instanceof Error ? error.message : String(error);
	const own = /\[([A-Z][A-Z0-9_.]+)\] ([\s\S]*?) SQLSTATE: ([0-9A-Z]{5})/.exec(message);
	if (own !== null) return new SqlError(own[1] ?? '', own[3] ?? '', own[2] ?? '');
	const small = /Overflow in (\w+) of (?:INT8|INT16) \((-?\d+) ([-+*]) (-?\d+)\)/.exec(message);
	if (small !== null) return smallOverflow(small);
	const overflow = /Overflow in (\w+) of (INT8|INT16|INT32|INT64)\b/.exec(message);
	if (overflow !== null) return arithmeticOverflow(overflow[2] ?? '', overflow[1] ?? '');
	if (/Type INT128 with value .* INT64/.test(message))
		return arithmeticOverflow('INT64', 'addition');
	if (message.includes('More than one row returned by a subquery')) {
		return new SqlError(
			'SCALAR_SUBQUERY_TOO_MANY_ROWS',
			'21000',
			'More than one row returned by a subquery used as an expression.',
		);
	}
	const decimal =
		/(?:Casting value "?([^"]*)"? to type|Could not cast value ([-\d.]+) to|Could not convert string "([^"]*)" to) DECIMAL\((\d+),(\d+)\)/.exec(
			message,
		);
	if (decimal !== null) {
		const value = decimal[1] ?? decimal[2] ?? decimal[3] ?? '';
		return new SqlError(
			'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
			'22003',
			`${value} cannot be represented as Decimal(${decimal[4]}, ${decimal[5]}). If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error, and return NULL instead.`,
		);
	}
	const firstLine = message.split('\n')[0] ?? '';
	return new SqlError(
		UNSUPPORTED_HERE,
		'0A000',
		`The local workspace could not run this statement: ${firstLine}`,
	);
}
