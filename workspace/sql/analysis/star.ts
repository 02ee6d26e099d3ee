import type { Expr, SelectItem } from '../parser/syntax';
import { SqlError, unresolvedColumn, unsupported } from '../sqlError';
import type { Typed } from '../types/typed';
import { fieldOf, resolveName, type Context, type FrameColumn } from './context';

/** `*`, `t.*` and `* EXCEPT (a, b)` as the columns they stand for; other items as they are. */
export function expandStar(item: SelectItem, context: Context): SelectItem[] {
	const { expr } = item;
	if (expr.kind !== 'star') return [item];
	if (context.frame.sources.length === 0) throw unsupported('* without FROM');
	const columns =
		expr.qualifier.length === 0
			? context.frame.visible
			: (ofSource(expr.qualifier, context) ?? ofStruct(expr.qualifier, context));
	const dropped = new Set(expr.except.map((name) => (name[name.length - 1] ?? '').toLowerCase()));
	for (const name of expr.except) {
		const last = (name[name.length - 1] ?? '').toLowerCase();
		if (!columns.some((column) => column.name.toLowerCase() === last)) {
			throw unresolvedColumn(
				name,
				columns.map((column) => [column.name]),
			);
		}
	}
	return columns
		.filter((column) => column.hidden !== true && !dropped.has(column.name.toLowerCase()))
		.map((column) => ({ expr: columnExpr(column, expr), aliases: [column.name] }));
}

/** A reference that finds exactly this column again, whatever other columns are called. */
function columnExpr(column: FrameColumn, at: Expr): Expr {
	return {
		kind: 'resolved',
		sql: column.sql,
		type: column.type,
		label: column.name,
		start: at.start,
		end: at.end,
	};
}

function ofSource(qualifier: readonly string[], context: Context): FrameColumn[] | undefined {
	const asked = qualifier.map((part) => part.toLowerCase());
	const found = context.frame.sources.find((source) => {
		const tail = source.qualifier.slice(-asked.length).map((part) => part.toLowerCase());
		return tail.length === asked.length && tail.every((part, index) => part === asked[index]);
	});
	return found?.columns;
}

/** The fields of a struct column. */
function ofStruct(qualifier: readonly string[], context: Context): FrameColumn[] {
	const value = columnNamed(qualifier, context);
	if (value?.type.kind === 'struct') {
		return value.type.fields.map(({ name }) => {
			const { sql, type } = fieldOf(value, name);
			return { name, sql, type };
		});
	}
	throw new SqlError(
		'CANNOT_RESOLVE_STAR_EXPAND',
		'42704',
		`Cannot resolve ${qualifier.map((part) => `\`${part}\``).join('.')}.* given input columns ${context.frame.visible.map((column) => `\`${column.name}\``).join(', ')}. Please check that the specified table or struct exists and is accessible in the input columns.`,
	);
}

function columnNamed(name: readonly string[], context: Context): Typed | undefined {
	try {
		return resolveName(context, name);
	} catch (error) {
		if (error instanceof SqlError && error.condition.startsWith('UNRESOLVED_COLUMN'))
			return undefined;
		throw error;
	}
}
