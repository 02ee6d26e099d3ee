import type { CallSite, ScalarFunction } from '../calls';
import {
	asBoolean,
	asText,
	coerce,
	commonType,
	isIntegral,
	isNested,
	unify,
	wrongArgument,
} from '../coercion';
import { elementAtFunction } from '../collections';
import type { Context } from '../context';
import { analyse } from '../expressions';
import { textSql } from '../castText';
import { typeMismatch, unsupported } from '../sqlError';
import { sqlString } from '../stringLiteral';
import {
	arrayType,
	BOOLEAN,
	DATE,
	duckdbType,
	INT,
	STRING,
	VOID,
	typeText,
	type SqlType,
} from '../sqlType';
import type { Expr } from '../syntax';
import { derive, lambdaVariable, once, onceEach, type Typed } from '../typed';
import { argument, asInt, literalText } from './define';

function arrayArgument(
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

/** `map(k1, v1, k2, v2)`; a key that comes twice is an error. */
const map: ScalarFunction = {
	args: [0, Infinity],
	build(args, site) {
		if (args.length % 2 === 1) throw unsupported('map with a key that has no value');
		const keys = unify(
			args.filter((_, index) => index % 2 === 0),
			site.label,
		);
		const values = unify(
			args.filter((_, index) => index % 2 === 1),
			site.label,
		);
		const type: SqlType = {
			kind: 'map',
			key: keys[0]?.type ?? VOID,
			value: values[0]?.type ?? VOID,
		};
		const list = (items: readonly Typed[]): string => items.map((item) => item.sql).join(', ');
		if (keys.length === 0)
			return { sql: `CAST(MAP {} AS ${duckdbType(type)})`, type, label: 'map()' };
		const built = `CAST(map([${list(keys)}], [${list(values)}]) AS ${duckdbType(type)})`;
		const pairs = keys.flatMap((key, index) =>
			keys.slice(0, index).map((before) => ({ key, before })),
		);
		const twice = pairs.map(
			({ key, before }) =>
				`WHEN ${key.sql} = ${before.sql} THEN dbx_duplicate_key(${textSql(key.sql, key.type)})`,
		);
		const sql = twice.length === 0 ? built : `CASE ${twice.join(' ')} ELSE ${built} END`;
		return derive(sql, type, site.label, [...keys, ...values]);
	},
};

function structOf(names: readonly string[], values: readonly Typed[], label: string): Typed {
	const lower = names.map((name) => name.toLowerCase());
	if (new Set(lower).size !== lower.length)
		throw unsupported('a struct with the same field name twice');
	const type: SqlType = {
		kind: 'struct',
		fields: names.map((name, index) => ({ name, type: values[index]?.type ?? VOID })),
	};
	const fields = names.map((name, index) => `${sqlString(name)}: ${values[index]?.sql ?? 'NULL'}`);
	return derive(`CAST({${fields.join(', ')}} AS ${duckdbType(type)})`, type, label, values);
}

const struct: ScalarFunction = {
	args: [1, Infinity],
	raw: true,
	build(_args, site) {
		const values: Typed[] = [];
		const names: string[] = [];
		for (const [index, expr] of site.exprs.entries()) {
			const typed = analyse(expr.kind === 'named' ? expr.value : expr, site.context);
			values.push(typed);
			names.push(fieldName(expr, index));
		}
		const label = `struct(${values.map((value) => value.label).join(', ')})`;
		return structOf(names, values, label);
	},
};

function fieldName(expr: Expr, index: number): string {
	if (expr.kind === 'named') return expr.name;
	const plain = `col${index + 1}`;
	if (expr.kind === 'column') return expr.name[expr.name.length - 1] ?? plain;
	return expr.kind === 'field' ? expr.name : plain;
}

const namedStruct: ScalarFunction = {
	args: [2, Infinity],
	build(args, site) {
		const names = args.filter((_, index) => index % 2 === 0);
		const values = args.filter((_, index) => index % 2 === 1);
		if (names.length !== values.length)
			throw unsupported('named_struct with a name that has no value');
		const texts = names.map((name) => literalText(name, 'named_struct with a name'));
		return structOf(texts, values, site.label);
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
		const list = arrayArgument(args, 0, site);
		const wanted = argument(args, 1, site);
		const type = commonType(list.element, wanted.type);
		if (type === undefined) {
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

const sequence: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const [from, to, by] = args;
		if (from === undefined || to === undefined) throw unsupported('sequence');
		if (from.type.kind === 'date' && to.type.kind === 'date')
			return dateSequence(from, to, by, site);
		if (by !== undefined || !isIntegral(from.type) || !isIntegral(to.type)) {
			throw unsupported('sequence with a step or of other than whole numbers and dates');
		}
		const [a, b] = unify([from, to], site.label);
		if (a === undefined || b === undefined) throw unsupported('sequence');
		const type = arrayType(a.type);
		const sql = onceEach(
			a.sql,
			b.sql,
			(x, y) =>
				`CAST(CASE WHEN ${x} <= ${y} THEN generate_series(CAST(${x} AS BIGINT), CAST(${y} AS BIGINT)) ELSE generate_series(CAST(${x} AS BIGINT), CAST(${y} AS BIGINT), -1) END AS ${duckdbType(type)})`,
		);
		return derive(sql, type, site.label, [a, b]);
	},
};

/** Dates by days or months; the n-th is the start plus n steps, so that month ends stay month ends. */
function dateSequence(from: Typed, to: Typed, by: Typed | undefined, site: CallSite): Typed {
	const step = by?.literal?.value ?? '86400000000';
	if (by !== undefined && (by.type.kind !== 'interval' || by.literal === undefined)) {
		throw unsupported('sequence of dates with a step that is no interval literal');
	}
	const months =
		by?.type.kind === 'interval' && (by.type.start === 'month' || by.type.start === 'year');
	const count = months ? Number(step) : Number(step) / 86_400_000_000;
	if (!Number.isInteger(count) || count <= 0) throw unsupported('sequence of dates with this step');
	const sql = onceEach(from.sql, to.sql, (a, b) => {
		const most = months
			? `((year(${b}) - year(${a})) * 12 + month(${b}) - month(${a})) // ${count}`
			: `(${b} - ${a}) // ${count}`;
		const moment = months
			? `CAST(${a} + to_months(CAST(n * ${count} AS INTEGER)) AS DATE)`
			: `${a} + CAST(n * ${count} AS INTEGER)`;
		return `CASE WHEN ${a} > ${b} THEN dbx_unsupported('sequence that goes down') WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN list_filter(list_transform(generate_series(0, CAST(${most} AS BIGINT)), lambda n: ${moment}), lambda d: d <= ${b}) END`;
	});
	return derive(sql, arrayType(DATE), site.label, [from, to], { fallible: true });
}

const mapPart = (name: 'map_keys' | 'map_values'): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind !== 'map') throw wrongArgument(site.label, 0, '"MAP"', value);
		const element = name === 'map_keys' ? value.type.key : value.type.value;
		return derive(`${name}(${value.sql})`, arrayType(element), site.label, [value]);
	},
});

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

/** A lambda over the elements of an array: its SQL, the variable and the result's type. */
function lambdaOver(
	list: Typed & { element: SqlType },
	expr: Expr | undefined,
	site: CallSite,
): { variable: string; body: Typed } {
	if (expr?.kind !== 'lambda' || expr.parameters.length !== 1) {
		throw unsupported(`${site.name} with other than a function of one element`);
	}
	const variable = `e${lambdaVariable(list.sql).slice(1)}_${site.context.lambdas?.size ?? 0}`;
	const lambdas = new Map(site.context.lambdas ?? []);
	const name = expr.parameters[0] ?? '';
	lambdas.set(name.toLowerCase(), { sql: variable, type: list.element, label: name });
	const context: Context = { ...site.context, lambdas };
	const body = analyse(expr.body, context);
	if (body.aggregate || body.window) throw unsupported(`an aggregate inside ${site.name}`);
	return { variable, body };
}

const overElements = (name: 'transform' | 'filter' | 'exists' | 'forall'): ScalarFunction => ({
	args: [2, 2],
	raw: true,
	build(_args, site) {
		const [first, second] = site.exprs;
		if (first === undefined) throw unsupported(name);
		const list = arrayArgument([analyse(first, site.context)], 0, site);
		const { variable, body } = lambdaOver(list, second, site);
		const label = `${name}(${list.label}, lambdafunction(${body.label}))`;
		if (name === 'transform') {
			const sql = `list_transform(${list.sql}, lambda ${variable}: ${body.sql})`;
			return derive(sql, arrayType(body.type), label, [list, body]);
		}
		const test = asBoolean(body, label, 1);
		if (name === 'filter') {
			const sql = `list_filter(${list.sql}, lambda ${variable}: ${test.sql})`;
			return derive(sql, list.type, label, [list, test]);
		}
		const base = name === 'exists' ? 'list_bool_or' : 'list_bool_and';
		const tests = `list_transform(${list.sql}, lambda ${variable}: ${test.sql})`;
		const sql = once(tests, (v) => decided(v, name, base));
		return derive(sql, BOOLEAN, label, [list, test]);
	},
});

/** Three-valued: an undecided element leaves the answer open unless another decides it. */
function decided(tests: string, name: string, base: string): string {
	const decisive = name === 'exists' ? 'TRUE' : 'FALSE';
	const other = name === 'exists' ? 'FALSE' : 'TRUE';
	return `CASE WHEN ${tests} IS NULL THEN NULL WHEN ${base}(${tests}) = ${decisive} THEN ${decisive} WHEN len(list_filter(${tests}, lambda t: t IS NULL)) > 0 THEN NULL ELSE ${other} END`;
}

export const COLLECTIONS: [string, ScalarFunction][] = [
	['array', array],
	['map', map],
	['struct', struct],
	['named_struct', namedStruct],
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
	['sequence', sequence],
	['map_keys', mapPart('map_keys')],
	['map_values', mapPart('map_values')],
	['element_at', elementAt(false)],
	['try_element_at', elementAt(true)],
	['get', get],
	['transform', overElements('transform')],
	['filter', overElements('filter')],
	['exists', overElements('exists')],
	['forall', overElements('forall')],
];
