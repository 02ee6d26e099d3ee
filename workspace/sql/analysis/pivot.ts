import { compare } from '../operators/comparison';
import type { Expr, FromItem } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { sqlName } from '../stringLiteral';
import { analyse, resolveName, type Context, type Frame } from './context';
import { holdsCollated } from '../types/commonType';
import { frameOf } from './frames';

/**
 * PIVOT: one row per value of the columns that are neither pivoted nor aggregated, one column per
 * value and aggregate. A value without rows gives NULL, for count too.
 */
export function analysePivot(
	item: FromItem & { kind: 'pivot' },
	input: Frame,
	base: Context,
): Frame {
	const [pivoted, ...more] = item.columns;
	if (pivoted === undefined || more.length > 0) throw unsupported('PIVOT over several columns');
	if (input.visible.some(({ type }) => holdsCollated(type))) {
		throw unsupported('PIVOT of rows with a collated text');
	}
	const context: Context = { ...base, frame: input };
	const column = resolveName(context, pivoted);
	const pivotColumn: Expr = { kind: 'column', name: pivoted, start: item.start, end: item.end };
	const used = new Set([column.sql]);
	const aggregates = item.aggregates.map((aggregate) => {
		if (aggregate.expr.kind !== 'call') {
			throw new SqlError(
				'UNSUPPORTED_EXPR_FOR_OPERATOR',
				'42K0E',
				'PIVOT takes aggregate functions only.',
			);
		}
		for (const arg of aggregate.expr.call.args) {
			for (const found of columnsOf(arg, context)) used.add(found);
		}
		return { ...aggregate, call: aggregate.expr };
	});
	const groups = input.visible.filter((visible) => !used.has(visible.sql));
	const outputs: { name: string; type: Frame['visible'][number]['type']; sql: string }[] = [];
	for (const value of item.values) {
		const wanted = analyse(value.expr, context);
		if (wanted.literal === undefined) throw unsupported('PIVOT with a value that is no literal');
		const test = compare('=', column, wanted);
		const valueName = value.aliases[0] ?? wanted.literal.value ?? 'null';
		for (const aggregate of aggregates) {
			const { call } = aggregate.call;
			if (call.filter !== undefined || call.over !== undefined)
				throw unsupported('FILTER in PIVOT');
			const filter: Expr = {
				kind: 'binary',
				operator: '=',
				left: pivotColumn,
				right: value.expr,
				start: item.start,
				end: item.end,
			};
			const typed = analyse(aggregate.call, context);
			const { sql } = analyse({ ...aggregate.call, call: { ...call, filter } }, context);
			const suffix = aggregate.aliases[0] ?? typed.label;
			const name = aggregates.length === 1 ? valueName : `${valueName}_${suffix}`;
			outputs.push({
				name,
				type: typed.type,
				sql: `CASE WHEN count(*) FILTER (WHERE ${test.sql}) > 0 THEN ${sql} END`,
			});
		}
	}
	const select = [
		...groups.map((group, index) => `${group.sql} AS ${sqlName(`p${index + 1}`)}`),
		...outputs.map((output, index) => `${output.sql} AS ${sqlName(`v${index + 1}`)}`),
	];
	const groupBy =
		groups.length === 0 ? '' : ` GROUP BY ${groups.map((group) => group.sql).join(', ')}`;
	const columns = [
		...groups.map((group, index) => ({
			name: group.name,
			type: group.type,
			physical: `p${index + 1}`,
		})),
		...outputs.map((output, index) => ({
			name: output.name,
			type: output.type,
			physical: `v${index + 1}`,
		})),
	];
	const sql = `(SELECT ${select.join(', ')} FROM ${input.sql}${groupBy})`;
	return frameOf(sql, columns, [], item.alias, base);
}

function columnsOf(node: unknown, context: Context): string[] {
	if (Array.isArray(node)) return node.flatMap((each) => columnsOf(each, context));
	if (typeof node !== 'object' || node === null) return [];
	if ('kind' in node && node.kind === 'column' && 'name' in node && Array.isArray(node.name)) {
		return [resolveName(context, node.name.map(String)).sql];
	}
	return Object.values(node).flatMap((each) => columnsOf(each, context));
}
