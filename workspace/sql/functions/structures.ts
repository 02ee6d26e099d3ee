import { wrongArgument } from '../casts/coercion';
import { unify } from '../casts/unify';
import { textSql } from '../casts/text';
import type { Expr } from '../parser/syntax';
import { unsupported } from '../sqlError';
import { arrayType, duckdbType, VOID, type SqlType } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { derive, type Typed } from '../types/typed';
import { argument, literalText } from './define';
import type { ScalarFunction } from './signature';

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
	star: true,
	build(_args, site) {
		const values: Typed[] = [];
		const names: string[] = [];
		for (const [index, expr] of site.exprs.entries()) {
			const typed = site.analyse(expr.kind === 'named' ? expr.value : expr);
			values.push(typed);
			names.push(fieldName(expr, index));
		}
		const shown = values.map(({ label }, index) => {
			const expr = site.exprs[index];
			return expr?.kind === 'named' && site.call.star === false
				? `${label} AS ${expr.name}`
				: label;
		});
		const label = `struct(${shown.join(', ')})`;
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

const mapPart = (name: 'map_keys' | 'map_values'): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind !== 'map') throw wrongArgument(site.label, 0, '"MAP"', value);
		const element = name === 'map_keys' ? value.type.key : value.type.value;
		return derive(`${name}(${value.sql})`, arrayType(element), site.label, [value]);
	},
});

export const STRUCTURES: [string, ScalarFunction][] = [
	['map', map],
	['struct', struct],
	['named_struct', namedStruct],
	['map_keys', mapPart('map_keys')],
	['map_values', mapPart('map_values')],
];
