import { asBoolean } from '../casts/coercion';
import { conjunction } from '../operators/comparison';
import type { Expr, Select, SelectItem, WindowSpec } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import type { Typed } from '../types/typed';
import { isAggregateCall, lacksWindow, needsWindow } from './calls';
import { conjuncts } from './conjuncts';
import { analyse, type Context, type Frame } from './context';
import { callsIn } from './findCalls';
import { analyseFrom } from './from';
import { functionName, GENERATORS } from './generatorNames';
import { analyseGenerator } from './generators';
import { analyseGrouping, type Grouping } from './grouping';
import { outputNames, type OutputColumn } from './outputs';
import { checkPiped } from './pipes';
import { expandStar } from './star';

/** A SELECT without its ORDER BY: the columns and the clauses from FROM on. */
export interface AnalysedSelect {
	distinct: boolean;
	outputs: OutputColumn[];
	/** ` FROM … WHERE … GROUP BY … HAVING … QUALIFY …` */
	tail: string;
	/** how ORDER BY and the like see this query */
	context: Context;
	aggregated: boolean;
}

/** Analyses SELECT … FROM … WHERE … GROUP BY … HAVING … QUALIFY. */
export function analyseSelect(
	select: Select,
	base: Context,
	windows: readonly { name: string; spec: WindowSpec }[],
): AnalysedSelect {
	const named = new Map(
		[...select.windows, ...windows].map((each) => [each.name.toLowerCase(), each.spec]),
	);
	let frame = analyseFrom(select.from, { ...base, windows: named });
	const source: Context = { ...base, frame, windows: named };
	const where = select.where === undefined ? '' : ` WHERE ${whereSql(select.where, source)}`;
	const expanded = select.items.flatMap((item) => expandStar(item, source));
	const generated = generateRows(expanded, source);
	frame = generated.frame;
	const { items } = generated;
	const rows: Context = { ...source, frame };
	const plain = analyseItems(
		items,
		select.groupBy === undefined ? rows : { ...rows, groupingColumns: [] },
	);
	checkPiped(
		select,
		plain.map(({ typed }) => typed),
	);
	const aggregated =
		select.groupBy !== undefined ||
		plain.some((output) => output.typed.aggregate) ||
		(select.having !== undefined && mentionsAggregate(select.having, rows));
	const grouping = aggregated ? analyseGrouping(select.groupBy, items, plain, rows) : undefined;
	const context: Context = grouping === undefined ? rows : groupedContext(rows, grouping);
	const outputs = grouping === undefined ? plain : analyseItems(items, context);
	if (grouping !== undefined) {
		for (const output of outputs) checkGrouped(output.typed, select.groupBy !== undefined);
	}
	const groupBy =
		grouping?.sql === undefined || grouping.sql === '' ? '' : ` GROUP BY ${grouping.sql}`;
	const tail = [
		frame.sql === '' ? '' : ` FROM ${frame.sql}`,
		where,
		groupBy,
		havingSql(select, context, outputs, grouping),
		qualifySql(select, context, outputs),
	].join('');
	return { distinct: select.distinct, outputs, tail, context, aggregated };
}

function groupedContext(rows: Context, grouping: Grouping): Context {
	return {
		...rows,
		groupingKeys: grouping.keys,
		...(grouping.sets ? { groupingColumns: grouping.columns } : {}),
	};
}

function whereSql(where: Expr, context: Context): string {
	const parts = conjuncts(where).map((part) => analyse(part, { ...context, deciding: true }));
	for (const part of parts) {
		if (part.aggregate) {
			const named = { ...context, qualified: true };
			const wrong = callsIn(where, isAggregateCall).map((call) => analyse(call, named).label);
			const whole = analyse(where, { ...context, deciding: true }).label;
			throw new SqlError(
				'INVALID_WHERE_CONDITION',
				'42903',
				`The WHERE condition "${whole}" contains invalid expressions: ${wrong.join(', ')}.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.`,
			);
		}
		if (part.window) {
			throw new SqlError(
				'_LEGACY_ERROR_TEMP_1034',
				'42903',
				'It is not allowed to use window functions inside WHERE clause.',
			);
		}
	}
	return conjunction(parts.map((part) => filterValue(part)));
}

/** A condition must be a truth value. */
export function filterValue(condition: Typed): Typed {
	if (condition.type.kind === 'boolean' || condition.type.kind === 'void') {
		return asBoolean(condition, condition.label, 0);
	}
	throw new SqlError(
		'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
		'42K09',
		`Cannot resolve "${condition.label}" due to data type mismatch: Filter expression "${condition.label}" of type "${condition.type.kind.toUpperCase()}" is not a boolean.`,
	);
}

/** Analyses the select list; each name is known to the items after it (lateral column alias). */
function analyseItems(items: readonly SelectItem[], context: Context): OutputColumn[] {
	const aliases = new Map<string, Typed>();
	return items.map((item) => {
		mustHaveWindows(item.expr, context);
		const typed = analyse(item.expr, { ...context, aliases });
		const [alias] = item.aliases;
		if (item.aliases.length > 1) throw unsupported('several aliases for one column');
		if (alias !== undefined) {
			const { literal: _, explicitCollation: _c, ...column } = typed;
			aliases.set(alias.toLowerCase(), { ...column, label: alias, attribute: true });
		}
		return {
			name: alias ?? typed.alias ?? typed.columnName ?? typed.label,
			type: typed.type,
			typed,
		};
	});
}

/** A window function without OVER is told of the whole query, or of the column it is a part of. */
function mustHaveWindows(expr: Expr, context: Context): void {
	const [call] = callsIn(expr, lacksWindow);
	if (call === undefined) return;
	const error = needsWindow(functionName(call.call));
	throw call === expr ? error : error.at({ text: context.analyzer.text, offset: expr.start });
}

/** Generators of the select list become relations beside FROM and their columns take their place. */
function generateRows(
	items: readonly SelectItem[],
	context: Context,
): { items: SelectItem[]; frame: Frame } {
	let { frame } = context;
	const result: SelectItem[] = [];
	for (const item of items) {
		const { expr } = item;
		if (expr.kind !== 'call' || !GENERATORS.has(functionName(expr.call))) {
			result.push(item);
			continue;
		}
		const name = context.analyzer.alias();
		const alias = { name, columns: item.aliases };
		const generated = analyseGenerator(expr, context, false, alias);
		const sql = frame.sql === '' ? generated.from : `${frame.sql} ${generated.join}`;
		frame = { sql, sources: [...frame.sources, generated.source], visible: frame.visible };
		for (const column of generated.source.columns) {
			result.push({
				expr: { kind: 'column', name: [name, column.name], start: expr.start, end: expr.end },
				aliases: [column.name],
			});
		}
	}
	return { items: result, frame };
}

function mentionsAggregate(having: Expr, context: Context): boolean {
	return analyse(having, context).aggregate === true;
}

function checkGrouped(typed: Typed, hasGroupBy: boolean): void {
	if (typed.ungrouped === undefined) return;
	if (!hasGroupBy) {
		throw new SqlError(
			'MISSING_GROUP_BY',
			'42803',
			'The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.',
		);
	}
	throw new SqlError(
		'MISSING_AGGREGATION',
		'42803',
		`The non-aggregating expression "${typed.ungrouped}" is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(${typed.ungrouped})" if you do not care which of the values within a group is returned.`,
	);
}

function havingSql(
	select: Select,
	context: Context,
	outputs: readonly OutputColumn[],
	grouping: Grouping | undefined,
): string {
	if (select.having === undefined) return '';
	if (grouping === undefined) {
		throw new SqlError(
			'MISSING_GROUP_BY',
			'42803',
			'The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.',
		);
	}
	// A grouping column wins over a select list name of the same name.
	const preferred = outputNames(outputs);
	for (const column of grouping.columns) preferred.delete(column.label.toLowerCase());
	const parts = conjuncts(select.having).map((part) =>
		filterValue(analyse(part, { ...context, preferred, deciding: true })),
	);
	for (const part of parts) checkGrouped(part, select.groupBy !== undefined);
	return ` HAVING ${conjunction(parts)}`;
}

function qualifySql(select: Select, context: Context, outputs: readonly OutputColumn[]): string {
	if (select.qualify === undefined) return '';
	const aliases = outputNames(outputs);
	const parts = conjuncts(select.qualify).map((part) =>
		filterValue(analyse(part, { ...context, aliases, deciding: true })),
	);
	const windowed = [...parts, ...outputs.map((output) => output.typed)].some((part) => part.window);
	if (!windowed) throw unsupported('QUALIFY without a window function');
	return ` QUALIFY ${conjunction(parts)}`;
}

/** A context that sees the columns of a finished query and nothing else. */
export function contextOver(base: Context, frame: Frame): Context {
	const { preferred: _p, aliases: _a, groupingKeys: _k, groupingColumns: _c, ...rest } = base;
	return { ...rest, frame };
}
