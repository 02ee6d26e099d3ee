import type { FrameBound, OrderItem, WindowSpec } from '../parser/syntax';
import { SqlError, typeMismatch, unsupported } from '../sqlError';
import { typeText } from '../sqlType';
import { isNested, isIncomparable } from '../types/commonType';
import type { Typed } from '../types/typed';
import { analyse, type Context } from './context';
import { constantOf } from './parameters';

export interface Window {
	/** the inside of OVER (…) */
	sql: string;
	label: string;
	parts: Typed[];
	ordered: boolean;
	framed: boolean;
}

/** The window that an OVER clause means; named windows are written out. */
export function analyseWindow(spec: WindowSpec, context: Context): Window {
	const resolved = spec.name === undefined ? spec : namedWindow(spec.name, context);
	const parts: Typed[] = [];
	const sqls: string[] = [];
	const labels: string[] = [];
	if (resolved.partitionBy.length > 0) {
		const keys = resolved.partitionBy.map((expr) => analyse(expr, context));
		for (const key of keys) forbidMap(key);
		parts.push(...keys);
		sqls.push(`PARTITION BY ${keys.map((key) => key.sql).join(', ')}`);
		labels.push(`PARTITION BY ${keys.map((key) => key.label).join(', ')}`);
	}
	if (resolved.orderBy.length > 0) {
		const keys = resolved.orderBy.map((item) => ({ item, key: analyse(item.expr, context) }));
		parts.push(...keys.map(({ key }) => key));
		sqls.push(`ORDER BY ${keys.map(({ item, key }) => orderSql(key, item)).join(', ')}`);
		labels.push(`ORDER BY ${keys.map(({ item, key }) => orderLabel(key, item)).join(', ')}`);
	}
	const ordered = resolved.orderBy.length > 0;
	const frame = resolved.frame;
	if (frame !== undefined) {
		const [start, end] = [frame.start, frame.end].map((bound) =>
			boundSql(bound, frame.unit, context),
		);
		sqls.push(`${frame.unit.toUpperCase()} BETWEEN ${start} AND ${end}`);
		labels.push(`${frame.unit.toUpperCase()} BETWEEN ${start} AND ${end}`);
	} else {
		labels.push(
			ordered
				? 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
				: 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
		);
	}
	if (parts.some((part) => part.window)) throw unsupported('a window inside a window');
	return {
		sql: sqls.join(' '),
		label: labels.join(' '),
		parts,
		ordered,
		framed: frame !== undefined,
	};
}

function namedWindow(name: string, context: Context): WindowSpec {
	const found = context.windows.get(name.toLowerCase());
	if (found === undefined) {
		throw new SqlError(
			'MISSING_WINDOW_SPECIFICATION',
			'42P20',
			`Window specification is not defined in the WINDOW clause for ${name}.`,
		);
	}
	return found.name === undefined ? found : namedWindow(found.name, context);
}

function forbidMap(key: Typed): void {
	if (key.type.kind === 'map') throw unsupported('grouping by a map');
	if (isIncomparable(key.type)) throw unsupported(`PARTITION BY ${typeText(key.type)}`);
}

/** One ORDER BY item as DuckDB writes it: direction and place of NULL are always given. */
export function orderSql(key: Typed, item: Omit<OrderItem, 'expr'>): string {
	if (key.type.kind === 'map' || isIncomparable(key.type)) {
		throw typeMismatch(
			'INVALID_ORDERING_TYPE',
			orderLabel(key, item),
			`The \`sortorder\` does not support ordering on type "${typeText(key.type)}".`,
		);
	}
	if (isNested(key.type)) throw unsupported('ordering by an array or a struct');
	return `${key.sql} ${direction(item)}`;
}

export function direction(item: Omit<OrderItem, 'expr'>): string {
	return `${item.descending ? 'DESC' : 'ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`;
}

function orderLabel(key: Typed, item: Omit<OrderItem, 'expr'>): string {
	return `${key.label} ${direction(item)}`;
}

function boundSql(bound: FrameBound, unit: 'rows' | 'range', context: Context): string {
	switch (bound.kind) {
		case 'unboundedPreceding':
			return 'UNBOUNDED PRECEDING';
		case 'unboundedFollowing':
			return 'UNBOUNDED FOLLOWING';
		case 'current':
			return 'CURRENT ROW';
		default: {
			if (unit === 'range') throw unsupported('a RANGE frame with an offset');
			const offset = bound.offset && constantOf(bound.offset, context.analyzer.scope);
			if (offset === undefined || offset.value === null || !/^-?\d+$/.test(offset.value)) {
				throw unsupported('a frame offset that is no whole number');
			}
			const count = Number(offset.value);
			const forwards = (bound.kind === 'following') === count >= 0;
			return `${Math.abs(count)} ${forwards ? 'FOLLOWING' : 'PRECEDING'}`;
		}
	}
}
