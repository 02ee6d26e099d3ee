import { functionName, GENERATORS } from '../../sql/analysis/generatorNames';
import { CONVERSIONS } from '../../sql/functions/conditionals';
import { queryOf } from '../../sql/parser/parse';
import { namingItems } from '../../sql/parser/query';
import type { Call, Expr } from '../../sql/parser/syntax';
import { translateQuery, type Column } from '../../sql/translate';
import { quoteName, SqlError, unsupported } from '../../sql/sqlError';
import { typeText } from '../../sql/sqlType';
import type { Context } from '../context';
import type { Cursor } from '../cursor';
import { lastingScope } from '../lastingScope';
import { tableExists } from '../objectErrors';
import type { SqlResult } from '../session';
import { newTable } from './createTable';
import { done } from '../tableWrite';
import { refuseParameters } from './keptExpressions';
import { mustBePlain, mustDiffer } from './tableDefinition';

/** CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(column [COMMENT]…)] [COMMENT] AS query. */
export async function createView(
	context: Context,
	cursor: Cursor,
	replace: boolean,
): Promise<SqlResult> {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const name = context.resolve(cursor.name());
	const named = cursor.sees('(')
		? cursor.list(() => {
				const column = cursor.identifier();
				return { name: column, comment: cursor.accept('COMMENT') ? cursor.string() : undefined };
			})
		: undefined;
	const { comment, properties } = readOptions(cursor);
	cursor.expect('AS');
	const definition = cursor.rest();
	refuseParameters(definition, 'the query of CREATE VIEW');
	await context.mustHaveSchema(name[0], name[1]);
	const existing = await context.objects.table(...name);
	if (existing !== undefined && !replace) {
		if (!ifNotExists) throw tableExists(name);
		context.discard();
		return done('CREATE VIEW');
	}
	if (existing !== undefined && existing.kind !== 'VIEW') throw notView(name);
	const { columns } = await translateQuery(definition, lastingScope(context, 'VIEW', name));
	mustBeNamed(name, definition, columns);
	for (const { type } of columns) mustBePlain(type);
	if (named !== undefined && named.length !== columns.length) throw arity(named, columns.length);
	const names = columns.map((column, at) => named?.[at]?.name ?? column.name);
	mustDiffer(names);
	const view = existing ?? (await newTable(context, name, 'VIEW'));
	await context.objects.putTable({
		...view,
		updatedAtMs: context.nowMs,
		updatedBy: context.session.user,
		definition,
		definitionSession: { catalog: context.session.catalog, schema: context.session.schema },
		state: {
			...view.state,
			properties,
			...(comment === undefined ? {} : { comment }),
			columns: columns.map((column, at) => ({
				name: names[at] ?? column.name,
				type: typeText(column.type),
				nullable: true,
				physical: '',
				...(named?.[at]?.comment === undefined ? {} : { comment: named[at].comment }),
			})),
		},
	});
	return done('CREATE VIEW');
}

/**
 * A view's columns need names of their own, also under a column list. What Spark names by itself
 * counts as named: columns, literals, fields, elements, casts of columns and what explode gives. The
 * names of subqueries that the view selects from are not looked into.
 */
function mustBeNamed(
	name: readonly string[],
	definition: string,
	columns: readonly Column[],
): void {
	const items = namingItems(queryOf(definition).body);
	const stars = items.filter(({ expr }) => expr.kind === 'star').length;
	for (const [index, { expr, aliases }] of items.entries()) {
		if (aliases.length > 0 || namesItself(expr)) continue;
		// Behind a star the place is counted from the end, and behind two of them it is not known.
		const afterStar = items.slice(0, index).some((item) => item.expr.kind === 'star');
		const at = afterStar ? columns.length - (items.length - index) : index;
		const known = stars < 2 || !afterStar ? columns[at]?.name : undefined;
		throw new SqlError(
			'CREATE_PERMANENT_VIEW_WITHOUT_ALIAS',
			'0A000',
			`Not allowed to create the permanent view ${quoteName(name)} without explicitly assigning an alias for the expression "${known ?? definition.slice(expr.start, expr.end)}".`,
		);
	}
}

function namesItself(expr: Expr): boolean {
	switch (expr.kind) {
		case 'column':
		case 'star':
		case 'literal':
		case 'interval':
		case 'identifier':
			return true;
		case 'unary':
			return expr.operator === '-' && expr.operand.kind === 'literal';
		case 'field':
		case 'index':
			return namesItself(expr.operand);
		case 'cast':
			return expr.operand.kind === 'column';
		case 'call':
			return expr.call.name.length === 1 && callNamesItself(expr.call);
		default:
			return false;
	}
}

/** What explode gives has a name, and `int(x)` that of the column. */
function callNamesItself(call: Call): boolean {
	const name = functionName(call);
	const [only, ...more] = call.args;
	if (GENERATORS.has(name)) return true;
	return (
		CONVERSIONS.some(([type]) => type === name) && only?.kind === 'column' && more.length === 0
	);
}

function readOptions(cursor: Cursor): { comment?: string; properties: Record<string, string> } {
	const options: { comment?: string; properties: Record<string, string> } = { properties: {} };
	for (;;) {
		if (cursor.accept('COMMENT')) options.comment = cursor.string();
		else if (cursor.accept('TBLPROPERTIES')) options.properties = cursor.properties();
		else if (cursor.sees('WITH')) throw unsupported('CREATE VIEW … WITH');
		else return options;
	}
}

function notView(name: readonly string[]): SqlError {
	const text = `The operation CREATE OR REPLACE VIEW requires a VIEW. But ${name.join('.')} is a MANAGED.`;
	return new SqlError('WRONG_COMMAND_FOR_OBJECT_TYPE', '42809', text);
}

function arity(named: readonly unknown[], given: number): SqlError {
	const text = `The view names ${named.length} columns, but its query gives ${given}.`;
	return new SqlError('CREATE_VIEW_COLUMN_ARITY_MISMATCH', '21S01', text);
}
