import { isBuiltIn } from '../../sql/analysis/builtIns';
import { unresolvedRoutine } from '../../sql/analysis/routineErrors';
import { checkRoutine } from '../../sql/routineCheck';
import type { Scope } from '../../sql/scope';
import { quoteName, SqlError, unsupported } from '../../sql/sqlError';
import { typeText } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { lastingScope } from '../lastingScope';
import { newObject } from '../objectStore';
import type { SqlResult } from '../session';
import type { RoutineText, StoredRoutine } from '../storedRoutine';
import { done } from '../tableWrite';
import { readFunction, type FunctionDefinition } from './functionDefinition';
import { checkName } from './objectNames';

/** CREATE [OR REPLACE] FUNCTION [IF NOT EXISTS] name(…) [RETURNS …] … RETURN body, kept in its schema. */
export async function createFunction(
	context: Context,
	cursor: Cursor,
	replace: boolean,
): Promise<SqlResult> {
	const definition = readFunction(cursor);
	const { ifNotExists } = definition;
	if (replace && ifNotExists) throw bothWays();
	if (definition.name.length > 3) throw unsupported('a function with a name of four parts');
	const name = context.resolve(definition.name);
	const [catalog, schema, own] = name;
	await context.mustHaveSchema(catalog, schema);
	const existing = await context.objects.routine(...name);
	if (existing !== undefined && !replace) {
		if (!ifNotExists) throw routineExists(name);
		context.discard();
		return done('CREATE FUNCTION');
	}
	checkName(own);
	const text = await checkedText(
		context,
		definition,
		name,
		lastingScope(context.withParameters(new Map()), 'FUNCTION', name),
	);
	if (existing !== undefined && signatureOf(existing) !== signatureOf(text)) {
		throw unsupported(
			`CREATE OR REPLACE FUNCTION with other parameters; drop ${name.join('.')} first`,
		);
	}
	const { user } = context.session;
	const { comment: _, ...made } = existing ?? newObject(own, {}, user, context.nowMs);
	await context.objects.putRoutine({
		...made,
		...text,
		catalog,
		schema,
		...(definition.comment === undefined ? {} : { comment: definition.comment }),
		updatedAtMs: context.nowMs,
		updatedBy: user,
	});
	return done('CREATE FUNCTION');
}

/** The types of the parameters: on Databricks a function is replaced by one of the same alone. */
const signatureOf = ({ parameters }: Pick<StoredRoutine, 'parameters'>): string =>
	parameters.map(({ type }) => type).join();

/**
 * A definition as it is kept, once its text is known to be right.
 * @param scope what the text may name
 * @throws SqlError what is wrong with the text, its types or its defaults
 */
export async function checkedText(
	context: Context,
	definition: FunctionDefinition,
	name: readonly string[],
	scope: Scope,
): Promise<RoutineText> {
	const { parameters, body, returns, access, deterministic } = definition;
	const checked = await checkRoutine({ name, parameters, returns, body, scope });
	if (access === 'CONTAINS SQL' && checked.readsData) {
		const text =
			'Cannot create a SQL function with CONTAINS SQL that accesses a table/view or a SQL function that reads SQL data. Please use READS SQL DATA instead.';
		throw new SqlError('INVALID_SQL_FUNCTION_DATA_ACCESS', '42K0E', text);
	}
	const { catalog, schema } = context.session;
	return {
		parameters: parameters.map(({ type, ...parameter }) => ({
			...parameter,
			type: typeText(type),
		})),
		returns:
			checked.returns.kind === 'value'
				? { kind: 'value', type: typeText(checked.returns.type) }
				: { kind: 'rows', columns: checked.returns.columns.map(kept(returns)) },
		body,
		place: { catalog, schema },
		...(deterministic === undefined ? {} : { deterministic }),
		readsData: checked.readsData || access === 'READS SQL DATA',
	};
}

/** A column of rows with the comment that was written for it. */
const kept =
	(returns: FunctionDefinition['returns']) =>
	(column: { name: string; type: Parameters<typeof typeText>[0] }, at: number) => {
		const comment = returns.kind === 'rows' ? returns.columns?.[at]?.comment : undefined;
		const { name, type } = column;
		return { name, type: typeText(type), ...(comment === undefined ? {} : { comment }) };
	};

/** DROP FUNCTION [IF EXISTS] name. */
export async function dropFunction(context: Context, cursor: Cursor): Promise<SqlResult> {
	const ifExists = cursor.accept('IF', 'EXISTS');
	const parts = cursor.name();
	cursor.expectEnd();
	const [only = '', ...more] = parts;
	const isAnother = context.temporaryFunction(parts) !== undefined || isBuiltIn(only.toLowerCase());
	if (more.length === 0 && isAnother) {
		throw unsupported(`DROP FUNCTION of the built-in or temporary function ${only}`);
	}
	const name = parts.length > 3 ? undefined : context.resolve(parts);
	const found = name && (await context.objects.routine(...name));
	if (found === undefined) {
		if (!ifExists) throw unresolvedRoutine(parts, context.session).at(cursor.beginning);
		return done('DROP FUNCTION');
	}
	await context.objects.remove('function', `${found.catalog}.${found.schema}`, found.name);
	return done('DROP FUNCTION');
}

export function routineExists(name: readonly string[]): SqlError {
	const text =
		`Cannot create the routine ${quoteName(name)} because a routine of that name already exists.\n` +
		'Choose a different name, drop or replace the existing routine, or add the IF NOT EXISTS clause to tolerate a pre-existing routine.';
	return new SqlError('ROUTINE_ALREADY_EXISTS', '42723', text);
}

export function bothWays(): SqlError {
	return new SqlError(
		'INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE',
		'42000',
		'Invalid SQL syntax: Cannot create a routine with both IF NOT EXISTS and REPLACE specified.',
	);
}
