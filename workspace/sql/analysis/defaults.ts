import { expressionOf } from '../parser/parse';
import type { Expr, Query } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import type { SqlType } from '../sqlType';

/** A column that an INSERT writes, as DEFAULT needs to know it. */
export interface Written {
	name: string;
	type: SqlType;
	nullable: boolean;
	/** the text of its default; NULL without one */
	defaultExpression?: string;
}

/**
 * The query of an INSERT with each DEFAULT in VALUES or in its select list replaced by the default
 * of the column it goes into.
 * @param columns the columns by place; undefined for BY NAME, where Spark takes no DEFAULT
 * @throws SqlError NO_DEFAULT_COLUMN_VALUE_AVAILABLE, DEFAULT_PLACEMENT_INVALID
 */
export function fillDefaults(query: Query, columns: readonly Written[] | undefined): Query {
	const { body } = query;
	if (body.kind === 'values') {
		const rows = body.rows.map((row) => row.map((cell, at) => fill(cell, at, columns)));
		return { ...query, body: { ...body, rows } };
	}
	if (body.kind !== 'select') return query;
	if (!body.items.some(({ expr }) => isDefault(expr))) return query;
	if (body.items.some(({ expr }) => expr.kind === 'star')) throw unsupported('DEFAULT beside *');
	const items = body.items.map((item, at) => ({ ...item, expr: fill(item.expr, at, columns) }));
	return { ...query, body: { ...body, items } };
}

const isDefault = (expr: Expr): boolean =>
	expr.kind === 'column' && expr.name.length === 1 && expr.name[0]?.toLowerCase() === 'default';

function fill(cell: Expr, at: number, columns: readonly Written[] | undefined): Expr {
	const column = columns?.[at];
	if (!isDefault(cell) || (columns !== undefined && column === undefined)) {
		if (mentionsDefault(cell)) throw misplacedDefault();
		return cell;
	}
	if (column === undefined) throw misplacedDefault();
	const { start, end } = cell;
	const operand: Expr =
		column.defaultExpression === undefined
			? { kind: 'literal', type: 'null', value: 'NULL', start, end }
			: expressionOf(column.defaultExpression);
	if (column.defaultExpression === undefined && !column.nullable) throw noDefault(column.name);
	return { kind: 'cast', operand, type: column.type, tolerant: false, start, end };
}

function mentionsDefault(node: unknown): boolean {
	if (Array.isArray(node)) return node.some(mentionsDefault);
	if (typeof node !== 'object' || node === null) return false;
	if ('kind' in node && node.kind === 'column' && 'name' in node && Array.isArray(node.name)) {
		return node.name.length === 1 && String(node.name[0]).toLowerCase() === 'default';
	}
	return Object.values(node).some(mentionsDefault);
}

/** DEFAULT as a part of an expression. */
function misplacedDefault(): SqlError {
	return new SqlError(
		'DEFAULT_PLACEMENT_INVALID',
		'42608',
		'A DEFAULT keyword in a MERGE, INSERT, UPDATE, or SET VARIABLE command could not be directly assigned to a target column because it was part of an expression.\n' +
			'For example: `UPDATE SET c1 = DEFAULT` is allowed, but `UPDATE T SET c1 = DEFAULT + 1` is not allowed.',
	);
}

/** DEFAULT for a column that takes no NULL and has no default. */
export function noDefault(column: string): SqlError {
	return new SqlError(
		'NO_DEFAULT_COLUMN_VALUE_AVAILABLE',
		'42608',
		`Can't determine the default value for \`${column}\` since it is not nullable and it has no default value.`,
	);
}
