import { asText, coerce, wrongArgument } from '../casts/coercion';
import { unify } from '../casts/unify';
import { elementAtFunction } from '../operators/elementAt';
import { typeMismatch, unsupported } from '../sqlError';
import {
	arrayType,
	BOOLEAN,
	duckdbType,
	INT,
	STRING,
	typeText,
	VOID,
	type SqlType,
} from '../sqlType';
import { commonType, isNested } from '../types/commonType';
import { derive, once, onceEach, type Typed } from '../types/typed';
import { argument, asInt, literalText } from './define';
import type { CallSite, ScalarFunction } from './signature';

/** An argument that must be an array, with the type of its elements. */
export function arrayArgument(
	args: readonly Typed[],
	index: number,
	site: CallSite,
): Typed & { element: SqlType } {
	const value = argument(args, index, site);
	if (value.type.kind !== 'array') throw wrongArgument(site.label, index, '"ARRAY"', value);
	return { ...value, element: value.type.element };
}

const array: ScalarFunction = {
	args: [0, Infinity],
	build(args, site) {
		if (args.length === 0) {
			return { sql: 'CAST([] AS INTEGER[])', type: arrayType(VOID), label: 'array()' };
		}
		const items = unify(args, site.label);
		const type = arrayType(items[0]?.type ?? VOID);
		const sql = `CAST([${items.map((item) => item.sql).join(', ')}] AS ${duckdbType(type)})`;
		return derive(sql, type, site.label, items);
	},
};

/** The number of elements; NULL for NULL. */
const size: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind !== 'array' && value.type.kind !== 'map') {
			throw wrongArgument(site.label, 0, '("ARRAY" or "MAP")', value);
		}
		const base = value.type.kind === 'array' ? 'len' : 'cardinality';
		return derive(`CAST(${base}(${value.sql}) AS INTEGER)`, INT, site.label, [value]);
	},
};

/** NULL when the value is not found but the array holds a NULL. */
const arrayContains: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const wanted = argument(args, 1, site);
		if (args.some((arg) => arg.type.kind === 'void')) {
			throw typeMismatch(
				'NULL_TYPE',
				site.label,
				'Null typed values cannot be used as arguments of `array_contains`.',
			);
		}
		const list = arrayArgument(args, 0, site);
		const type = commonType(list.element, wanted.type);
		const texts = [list.element, wanted.type].filter((each) => each.kind === 'string').length;
		if (type === undefined || (texts === 1 && list.element.kind !== 'void')) {
			throw typeMismatch(
				'ARRAY_FUNCTION_DIFF_TYPES',
				site.label,
				`Input to \`array_contains\` should have been "ARRAY" followed by a value with same element type, but it's ["${typeText(list.type)}", "${typeText(wanted.type)}"].`,
			);
		}
		if (isNested(type)) throw unsupported('array_contains of arrays, maps or structs');
		const a = coerce(list, arrayType(type));
		const b = coerce(wanted, type);
		const sql = onceEach(
			a.sql,
			b.sql,
			(x, y) =>
				`CASE WHEN ${x} IS NULL OR ${y} IS NULL THEN NULL WHEN list_contains(${x}, ${y}) THEN TRUE WHEN len(list_filter(${x}, lambda e: e IS NULL)) > 0 THEN NULL ELSE FALSE END`,
		);
		return derive(sql, BOOLEAN, site.label, [a, b]);
	},
};

/** NULL elements are left out unless a replacement is given. */
const arrayJoin: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		const separator = asText(argument(args, 1, site), site.label, 1);
		const replacement = args[2] === undefined ? undefined : asText(args[2], site.label, 2);
		const texts = coerce(list, arrayType(STRING));
		const kept =
			replacement === undefined
				? `list_filter(${texts.sql}, lambda e: e IS NOT NULL)`
				: `list_transform(${texts.sql}, lambda e: coalesce(e, ${replacement.sql}))`;
		const sql = `CASE WHEN ${list.sql} IS NOT NULL AND ${separator.sql} IS NOT NULL THEN coalesce(array_to_string(${kept}, ${separator.sql}), '') END`;
		return derive(sql, STRING, site.label, [texts, separator]);
	},
};

const sortArray: ScalarFunction = {
	args: [1, 2],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		if (isNested(list.element)) throw unsupported(`${site.name} of nested values`);
		const order = args[1] === undefined ? 'true' : literalText(args[1], 'sort_array with an order');
		const words = order === 'true' ? "'ASC', 'NULLS FIRST'" : "'DESC', 'NULLS LAST'";
		return derive(
			`list_sort(${list.sql}, ${words})`,
			list.type,
			`sort_array(${list.label}, ${order})`,
			[list],
		);
	},
};

const arrayEnd = (name: 'array_min' | 'array_max'): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		if (isNested(list.element)) throw unsupported(`${name} of nested values`);
		const sql = `${name === 'array_min' ? 'list_min' : 'list_max'}(${list.sql})`;
		return derive(sql, list.element, site.label, [list]);
	},
});

/** The first of each value, in order; NULL counts as one value. */
const arrayDistinct: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		if (isNested(list.element)) throw unsupported('array_distinct of nested values');
		const sql = once(
			list.sql,
			(v) =>
				`list_filter(${v}, lambda e, i: i = 1 OR len(list_filter(${v}[1:i - 1], lambda o: o IS NOT DISTINCT FROM e)) = 0)`,
		);
		return derive(sql, list.type, site.label, [list]);
	},
};

const arrayCompact: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		return derive(`list_filter(${list.sql}, lambda e: e IS NOT NULL)`, list.type, site.label, [
			list,
		]);
	},
};

const slice: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		const start = Number(literalText(argument(args, 1, site), 'slice with a start'));
		const length = Number(literalText(argument(args, 2, site), 'slice with a length'));
		if (!(start > 0) || !(length >= 0)) throw unsupported('slice from the end');
		const sql = `${list.sql}[${start}:${start + length - 1}]`;
		return derive(sql, list.type, site.label, [list]);
	},
};

const flatten: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		if (list.element.kind !== 'array') throw wrongArgument(site.label, 0, '"ARRAY<ARRAY>"', list);
		const sql = once(
			list.sql,
			(v) => `CASE WHEN len(list_filter(${v}, lambda e: e IS NULL)) = 0 THEN flatten(${v}) END`,
		);
		return derive(sql, list.element, site.label, [list]);
	},
};

const elementAt = (tolerant: boolean): ScalarFunction => ({
	args: [2, 2],
	build: (args, site) =>
		elementAtFunction(argument(args, 0, site), argument(args, 1, site), tolerant),
});

/** `get(array, i)`: from 0, NULL outside. */
const get: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const list = arrayArgument(args, 0, site);
		const index = asInt(argument(args, 1, site), site);
		const sql = onceEach(
			list.sql,
			index.sql,
			(a, i) => `CASE WHEN ${i} >= 0 AND ${i} < len(${a}) THEN ${a}[${i} + 1] END`,
		);
		return derive(sql, list.element, site.label, [list, index]);
	},
};

export const ARRAYS: [string, ScalarFunction][] = [
	['array', array],
	['size', size],
	['cardinality', size],
	['array_size', size],
	['array_contains', arrayContains],
	['array_join', arrayJoin],
	['sort_array', sortArray],
	['array_min', arrayEnd('array_min')],
	['array_max', arrayEnd('array_max')],
	['array_distinct', arrayDistinct],
	['array_compact', arrayCompact],
	['slice', slice],
	['flatten', flatten],
	['element_at', elementAt(false)],
	['try_element_at', elementAt(true)],
	['get', get],
];
