import type { OrderItem, Query } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { isFloating } from '../types/commonType';
import { shownCell, zeroed } from './cells';
import { analyse, type Context } from './context';
import { positionOf } from './grouping';
import { checkOrderName, outputNames, type OutputColumn } from './outputs';
import type { AnalysedSelect } from './select';
import { direction, orderSql } from './windows';

/** ` ORDER BY …` of a SELECT; empty without one. */
export function orderOfSelect(select: AnalysedSelect, query: Query): string {
	const { outputs, context } = select;
	if (query.orderByAll !== undefined) {
		const all = query.orderByAll;
		const key = { ...all, explicitNulls: true };
		return ` ORDER BY ${outputs.map((output, index) => `${outputKey(output, index, select)} ${direction(key)}`).join(', ')}`;
	}
	const preferred = outputNames(outputs);
	const terms = query.orderBy.flatMap((item) => {
		const position = ordinal(item, context, outputs.length);
		checkOrderName(item.expr, outputs);
		const typed =
			position === undefined
				? analyse(item.expr, { ...context, preferred, withoutRoutines: 'ORDER BY' })
				: outputs[position - 1]?.typed;
		if (typed === undefined) return [];
		const index = outputs.findIndex((output) => output.typed.sql === typed.sql);
		const output = outputs[index];
		if (output !== undefined) {
			const key = { ...typed, sql: outputKey(output, index, select) };
			return [at(item, context, () => orderSql(key, item))];
		}
		if (typed.literal !== undefined) return [];
		if (select.distinct)
			throw unsupported('ORDER BY a column that SELECT DISTINCT does not return');
		if (select.aggregated && typed.ungrouped !== undefined) {
			throw new SqlError(
				'MISSING_AGGREGATION',
				'42803',
				`The non-aggregating expression "${typed.ungrouped}" is based on columns which are not participating in the GROUP BY clause.`,
			);
		}
		return [at(item, context, () => orderSql(typed, item))];
	});
	return terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`;
}

/** What is wrong with a sort key is told of the place of the key. */
function at(item: OrderItem, context: Context, step: () => string): string {
	return SqlError.locate({ text: context.analyzer.text, offset: item.expr.start }, step);
}

/**
 * A column of the result as a sort key. DuckDB's sort makes 0.0 of -0.0 in the key itself, so that
 * floating numbers are sorted by a key of their own; grouped ones hold no -0.0 any more. Nor is what a
 * client is shown the key: it may be alike for different values.
 */
function outputKey({ typed, type }: OutputColumn, index: number, select: AnalysedSelect): string {
	if (shownCell(typed) !== undefined) return typed.sql;
	if (!isFloating(type) || select.distinct || select.aggregated || typed.window === true) {
		return String(index + 1);
	}
	return zeroed(typed.sql, type, true);
}

function ordinal(item: OrderItem, context: Context, count: number): number | undefined {
	const position = positionOf(item.expr, context);
	if (position === undefined) return undefined;
	if (position < 1 || position > count) {
		throw new SqlError(
			'ORDER_BY_POS_OUT_OF_RANGE',
			'42805',
			`ORDER BY position ${position} is not in select list (valid range is [1, ${count}]).`,
			{ text: context.analyzer.text, offset: item.expr.start },
		);
	}
	return position;
}
