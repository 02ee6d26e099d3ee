import { Analyzer } from './analysis/analyzer';
import { EMPTY_FRAME, type AnalysedQuery, type Context } from './analysis/context';
import { lookUpRoutine, nothingFound, type FoundRoutine } from './analysis/prepare';
import { defaultOf, rowsOfBody, valueOfBody } from './analysis/routines';
import { castSql } from './casts/cast';
import { coerce } from './casts/coercion';
import { namingItems } from './parser/query';
import type { QueryBody, SelectItem } from './parser/syntax';
import type { Routine, RoutineResult } from './scope';
import { quoteName, SqlError, unsupported } from './sqlError';
import type { SqlType } from './sqlType';
import { inTimeZone } from './timeZones/sessionZone';
import { holdsCollated } from './types/commonType';
import type { Typed } from './types/typed';

/** What the text of a function turns out to be. */
export interface CheckedRoutine {
	returns:
		| { kind: 'value'; type: SqlType }
		| { kind: 'rows'; columns: readonly { name: string; type: SqlType }[] };
	/** whether it reads a table or view, itself or by a function that it calls */
	readsData: boolean;
}

/**
 * Analyses a user's function as it is made, by Spark's rules for the text, the types and the defaults.
 * The places of errors are those in the text of the function, as Spark 4.1 tells them.
 * @throws SqlError what is wrong with it, with Spark's condition
 */
export async function checkRoutine(routine: Routine): Promise<CheckedRoutine> {
	try {
		return await inTimeZone(routine.scope.session.timeZone ?? 'UTC', () => check(routine));
	} catch (error) {
		throw error instanceof SqlError && !error.condition.startsWith('PARSE_')
			? error.settled()
			: error;
	}
}

async function check(routine: Routine): Promise<CheckedRoutine> {
	const found = nothingFound();
	const trees = await lookUpRoutine(routine, found);
	const [missing] = found.missing;
	if (missing !== undefined) throw routineNotFound(missing, routine);
	const analyzer = new Analyzer(routine.body, routine.scope, found);
	const context: Context = { analyzer, frame: EMPTY_FRAME, ctes: new Map(), windows: new Map() };
	checkDefaults(trees, context);
	const values = routine.parameters.map(({ type }) => nullOf(type));
	return {
		returns: SqlError.locate({ text: routine.body, offset: 0 }, () =>
			resultOf(trees, values, context),
		),
		readsData: found.relations.size > 0,
	};
}

function nullOf(type: SqlType): Typed {
	const { sql } = castSql('NULL', { kind: 'void' }, type, 'explicit');
	return { sql, type, label: 'NULL', fallible: true };
}

function resultOf(
	found: FoundRoutine,
	values: readonly Typed[],
	context: Context,
): CheckedRoutine['returns'] {
	const { routine, body } = found;
	if (body.kind === 'rows') {
		const rows = rowsOfBody(found, values, context);
		return { kind: 'rows', columns: columnsOf(routine.returns, body.query.body, rows, routine) };
	}
	const value = valueOfBody(found, values, context);
	if (value.aggregate === true || value.window === true) throw complex(routine.body);
	if (value.type.kind === 'void') throw unsupported('a function of the type VOID; cast its NULL');
	// Spark 4.1 compares such a value by bytes and groups it by its collation.
	if (holdsCollated(value.type)) {
		throw unsupported('a function of a value under a collation; cast it to STRING');
	}
	return { kind: 'value', type: value.type };
}

function complex(body: string): SqlError {
	const text = `User defined function is invalid: SQL scalar function cannot contain aggregate/window/generate functions: ${body}`;
	return new SqlError(
		'USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS',
		'42601',
		text,
	).settled();
}

/** The columns of a table function; those that it does not list need names in its query. */
function columnsOf(
	returns: RoutineResult,
	body: QueryBody,
	rows: AnalysedQuery,
	{ name }: Routine,
): { name: string; type: SqlType }[] {
	const last = name.at(-1) ?? '';
	const columns = rows.columns.map((column) => ({ name: column.name, type: column.type }));
	const isListed = returns.kind === 'rows' && returns.columns !== undefined;
	if (!isListed && !namingItems(body).every(isNamed)) {
		const text = `User defined function is invalid: The relation returned by the query in the CREATE FUNCTION statement for \`${last}\` with RETURNS TABLE clause lacks explicit names for one or more output columns; please rewrite the function body to provide explicit column names or add column names to the RETURNS TABLE clause, and re-run the command.`;
		const condition = 'USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES';
		throw new SqlError(condition, '42601', text).settled();
	}
	const names = columns.map((column) => column.name.toLowerCase());
	const twice = names.find((each, at) => names.indexOf(each) !== at);
	if (twice !== undefined) {
		const text = `Found duplicate column(s) in the RETURNS clause column list of the user-defined routine ${last}: \`${twice}\`.`;
		throw new SqlError('DUPLICATE_ROUTINE_RETURNS_COLUMNS', '42711', text).settled();
	}
	const untyped = columns.find((column) => column.type.kind === 'void');
	if (untyped !== undefined) {
		throw unsupported(`the column ${untyped.name} of type VOID of a table function; cast it`);
	}
	return columns;
}

const isNamed = ({ expr, aliases }: SelectItem): boolean =>
	aliases.length > 0 || ['column', 'star', 'field'].includes(expr.kind);

/** Defaults are checked for what they may be, and for their types. */
function checkDefaults(found: FoundRoutine, context: Context): void {
	const { routine, defaults } = found;
	const { parameters, name } = routine;
	const last = name.at(-1) ?? '';
	for (const [at, { name: own }] of parameters.entries()) {
		const next = parameters[at + 1];
		const isGiven = defaults[at] !== undefined;
		if (isGiven && next !== undefined && next.defaultExpression === undefined) {
			const text = `User defined function is invalid: In routine \`${last}\` parameter \`${own}\` with DEFAULT must not be followed by parameter \`${next.name}\` without DEFAULT.`;
			const condition = 'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION';
			throw new SqlError(condition, '42601', text).settled();
		}
		if (!isGiven) continue;
		if (holdsQuery(defaults[at])) {
			const text = `User defined function is invalid: The DEFAULT expression of \`${last}\`.\`${own}\` is not supported because it contains a subquery.`;
			const condition = 'USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION';
			throw new SqlError(condition, '42601', text).settled();
		}
		const { value, parameter } = defaultOf(found, at, context);
		if (value.aggregate === true || value.window === true) throw complex(routine.body);
		SqlError.locate({ text: parameter.defaultExpression ?? '', offset: 0 }, () =>
			coerce(value, parameter.type),
		);
	}
}

function holdsQuery(node: unknown): boolean {
	if (Array.isArray(node)) return node.some(holdsQuery);
	if (typeof node !== 'object' || node === null) return false;
	if ('kind' in node && node.kind === 'query') return true;
	return Object.values(node).some(holdsQuery);
}

function routineNotFound(name: readonly string[], { scope }: Routine): SqlError {
	const { catalog = 'main', schema = 'default' } = scope.session;
	const whole = [catalog, schema].slice(0, Math.max(0, 3 - name.length)).concat(name);
	return routineMissing(whole);
}

/** A function that is not there, told where Spark asks its catalog for it. */
export function routineMissing(name: readonly string[]): SqlError {
	const text =
		`The routine ${quoteName(name)} cannot be found. Verify the spelling and correctness of the schema and catalog.\n` +
		'If you did not qualify the name with a schema and catalog, verify the current_schema() output, or qualify the name with the correct schema and catalog.\n' +
		'To tolerate the error on drop use DROP ... IF EXISTS.';
	return new SqlError('ROUTINE_NOT_FOUND', '42883', text).settled();
}
