import { typeText } from '../sqlType';
import type { Expr, GroupBy, SelectItem } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { isNested, isIncomparable } from '../types/commonType';
import type { Typed } from '../types/typed';
import { analyse, type Context } from './context';
import type { OutputColumn } from './outputs';
import { constantOf } from './parameters';

/** What an aggregate query groups by. */
export interface Grouping {
	/** what follows GROUP BY; empty for one group of all rows */
	sql: string;
	/** the grouping expressions by their SQL, by which they are recognised in the select list */
	keys: Map<string, Typed>;
	columns: Typed[];
	/** whether there are GROUPING SETS, ROLLUP or CUBE */
	sets: boolean;
}

function notOrderable({ label, type }: Typed): SqlError {
	return new SqlError(
		'GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE',
		'42822',
		`The expression "${label}" cannot be used as a grouping expression because its data type "${typeText(type)}" is not an orderable data type.`,
	);
}

/** Analyses GROUP BY: expressions, positions, names of the select list, ALL, ROLLUP, CUBE, sets. */
export function analyseGrouping(
	groupBy: GroupBy | undefined,
	items: readonly SelectItem[],
	plain: readonly OutputColumn[],
	context: Context,
): Grouping {
	const keys = new Map<string, Typed>();
	const columns: Typed[] = [];
	const add = (typed: Typed): string => {
		if (typed.type.kind === 'map') throw unsupported('grouping by a map');
		if (isIncomparable(typed.type)) throw notOrderable(typed);
		if (isNested(typed.type) && typed.type.kind === 'struct')
			throw unsupported('grouping by a struct');
		if (!keys.has(typed.sql)) columns.push(typed);
		keys.set(typed.sql, typed);
		return typed.sql;
	};
	if (groupBy === undefined) return { sql: '', keys, columns, sets: false };
	if (groupBy.all) {
		const sqls = plain
			.filter((output) => !output.typed.aggregate)
			.map((output) => add(output.typed));
		return { sql: sqls.join(', '), keys, columns, sets: false };
	}
	const one = (expr: Expr): string => add(groupingExpression(expr, items, plain, context));
	let sets = false;
	const parts = groupBy.elements.map((element) => {
		if (element.kind === 'expr') return one(element.expr);
		sets = true;
		const list = element.sets.map((set) => {
			const sqls = set.map(one);
			return sqls.length === 1 && element.kind !== 'sets' ? sqls[0] : `(${sqls.join(', ')})`;
		});
		const word = { rollup: 'ROLLUP', cube: 'CUBE', sets: 'GROUPING SETS' }[element.kind];
		return `${word} (${list.join(', ')})`;
	});
	return { sql: parts.join(', '), keys, columns, sets };
}

function groupingExpression(
	expr: Expr,
	items: readonly SelectItem[],
	plain: readonly OutputColumn[],
	context: Context,
): Typed {
	const position = positionOf(expr, context);
	if (position !== undefined) {
		const output = plain[position - 1];
		if (output === undefined) {
			throw new SqlError(
				'GROUP_BY_POS_OUT_OF_RANGE',
				'42805',
				`GROUP BY position ${position} is not in select list (valid range is [1, ${items.length}]).`,
				{ text: context.analyzer.text, offset: expr.start },
			);
		}
		if (output.typed.aggregate) {
			throw new SqlError(
				'GROUP_BY_POS_AGGREGATE',
				'42903',
				`GROUP BY ${position} refers to an expression ${output.name} that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.`,
			);
		}
		return constantKey(output.typed);
	}
	const aliases = new Map<string, Typed>();
	for (const output of plain) {
		const key = output.name.toLowerCase();
		if (!aliases.has(key)) aliases.set(key, { ...output.typed, label: output.name });
	}
	const typed = analyse(expr, { ...context, aliases });
	if (typed.aggregate) {
		throw new SqlError(
			'GROUP_BY_AGGREGATE',
			'42903',
			`Aggregate functions are not allowed in GROUP BY, but found ${typed.label}.`,
		);
	}
	return constantKey(typed);
}

/** DuckDB would read a bare constant as a position or refuse it. */
function constantKey(typed: Typed): Typed {
	if (typed.literal === undefined) return typed;
	return { ...typed, sql: `(${typed.sql})` };
}

/** The select list position that a whole number in GROUP BY or ORDER BY means. */
export function positionOf(expr: Expr, context: Context): number | undefined {
	if (expr.kind !== 'literal' && expr.kind !== 'parameter') return undefined;
	const constant = constantOf(expr, context.analyzer.scope);
	if (constant?.type.kind !== 'int' || constant.value === null) return undefined;
	return Number(constant.value);
}
