import { coerce } from '../casts/coercion';
import { typeMismatch, unsupported } from '../sqlError';
import { BOOLEAN, type SqlType, typeText } from '../sqlType';
import { commonType, commonTypeOf, holdsVariant, isIncomparable } from '../types/commonType';
import { recollated } from '../types/collations';
import { derive, type Typed } from '../types/typed';
import { differentTypes } from './arithmetic';
import { withOneCollation, withoutCollation } from '../casts/collation';

const PRINTED: Record<string, string> = {
	'=': '=',
	'!=': '<>',
	'<': '<',
	'<=': '<=',
	'>': '>',
	'>=': '>=',
};

/** A comparison after both sides got their common type. */
export function compare(operator: string, one: Typed, other: Typed): Typed {
	const labelOf = (a: Typed, b: Typed): string =>
		operator === '!=' ? `(NOT (${a.label} = ${b.label}))` : `(${a.label} ${operator} ${b.label})`;
	const texts = withOneCollation([one, other], labelOf(one, other));
	const [left = one, right = other] = [
		withoutCollation(texts[0] ?? one, other),
		withoutCollation(texts[1] ?? other, one),
	];
	const label = labelOf(left, right);
	const type = commonType(left.type, right.type);
	if (type === undefined) throw differentTypes(label, left, right);
	comparable(type, label);
	const [a, b] = [left, right].map((side) => {
		const value = coerce(side, type);
		return { ...value, sql: recollated(value.sql, type) };
	});
	if (a === undefined || b === undefined) throw unsupported(`the operator ${operator}`);
	const parts = [a, b];
	if (operator === '<=>') {
		return derive(`(${a.sql} IS NOT DISTINCT FROM ${b.sql})`, BOOLEAN, label, parts);
	}
	const printed = PRINTED[operator];
	if (printed === undefined) throw unsupported(`the operator ${operator}`);
	const isOrder = operator !== '=' && operator !== '!=';
	if (isOrder && (type.kind === 'array' || type.kind === 'struct')) {
		throw unsupported('ordering arrays or structs');
	}
	return derive(`(${a.sql} ${printed} ${b.sql})`, BOOLEAN, label, parts);
}

function comparable(type: SqlType, label: string): void {
	if (type.kind === 'map') {
		throw typeMismatch(
			'INVALID_ORDERING_TYPE',
			label,
			'The operator does not support ordering on type "MAP".',
		);
	}
	if (isIncomparable(type)) {
		if (!holdsVariant(type)) throw unsupported(`a comparison of ${typeText(type)}`);
		throw typeMismatch(
			'INVALID_ORDERING_TYPE',
			label,
			`The operator does not support ordering on type "${typeText(type)}".`,
		);
	}
}

/** `x BETWEEN a AND b`: both comparisons, each with its own common type. */
export function between(operand: Typed, low: Typed, high: Typed): Typed {
	// Spark 4.1 finds no collation even beside constants, which is not documented.
	const [collated] = [operand, low, high].filter(({ type }) => type.kind === 'collated');
	if (collated !== undefined) throw unsupported(`BETWEEN on ${typeText(collated.type)}`);
	const from = compare('>=', operand, low);
	const to = compare('<=', operand, high);
	return derive(
		`(${from.sql} AND ${to.sql})`,
		BOOLEAN,
		`between(${operand.label}, ${low.label}, ${high.label})`,
		[from, to],
	);
}

/** `x IN (a, b)`: all of them get one common type. */
export function isIn(operand: Typed, items: readonly Typed[]): Typed {
	const labelOf = ([value, ...list]: readonly Typed[]): string =>
		`(${value?.label ?? ''} IN (${list.map((item) => item.label).join(', ')}))`;
	const given = [operand, ...items];
	const all = withOneCollation(given, labelOf(given));
	const label = labelOf(all);
	const type = commonTypeOf(all.map((item) => item.type));
	if (type === undefined) {
		throw typeMismatch('DATA_DIFF_TYPES', label, 'Input to `in` should all be the same type.');
	}
	comparable(type, label);
	const [value, ...list] = all.map((item) => coerce(item, type));
	if (value === undefined) throw unsupported('an empty IN list');
	const sql = `(${recollated(value.sql, type)} IN (${list.map((item) => recollated(item.sql, type)).join(', ')}))`;
	return derive(sql, BOOLEAN, label, [value, ...list]);
}

/** `a AND b` where b can fail: b is evaluated only for rows where a does not decide. */
export function and(left: Typed, right: Typed): Typed {
	const label = `(${left.label} AND ${right.label})`;
	const sql = right.fallible
		? `CASE WHEN NOT ${left.sql} THEN FALSE ELSE (${left.sql} AND ${right.sql}) END`
		: `(${left.sql} AND ${right.sql})`;
	return derive(sql, BOOLEAN, label, [left, right]);
}

export function or(left: Typed, right: Typed): Typed {
	const label = `(${left.label} OR ${right.label})`;
	const sql = right.fallible
		? `CASE WHEN ${left.sql} THEN TRUE ELSE (${left.sql} OR ${right.sql}) END`
		: `(${left.sql} OR ${right.sql})`;
	return derive(sql, BOOLEAN, label, [left, right]);
}

/**
 * The condition of a filter: conjuncts in their order, a fallible one only for rows that passed
 * those before it. DuckDB may otherwise evaluate conjuncts in any order.
 */
export function conjunction(conjuncts: readonly Typed[]): string {
	const firstFallible = conjuncts.findIndex((conjunct) => conjunct.fallible);
	const plain = firstFallible === -1 ? conjuncts : conjuncts.slice(0, firstFallible);
	const rest = conjuncts.slice(plain.length);
	const safe = plain.map((conjunct) => conjunct.sql).join(' AND ');
	const [last, ...others] = rest.map((conjunct) => conjunct.sql).reverse();
	if (last === undefined) return safe;
	const chain = others.reduce(
		(inner, sql) => `CASE WHEN ${sql} THEN ${inner} ELSE FALSE END`,
		last,
	);
	return safe === '' ? chain : `${safe} AND CASE WHEN ${safe} THEN ${chain} ELSE FALSE END`;
}
