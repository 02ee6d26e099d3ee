import { castSql } from '../casts/cast';
import { asBoolean } from '../casts/coercion';
import { unify } from '../casts/unify';
import { compare } from '../operators/comparison';
import { unsupported } from '../sqlError';
import {
	BIGINT,
	BINARY,
	BOOLEAN,
	DATE,
	decimalType,
	DOUBLE,
	FLOAT,
	INT,
	SMALLINT,
	STRING,
	TIMESTAMP,
	TINYINT,
	typeName,
	timeType,
	type SqlType,
} from '../sqlType';
import { sqlString } from '../stringLiteral';
import { isNested } from '../types/commonType';
import { derive } from '../types/typed';
import { argument } from './define';
import type { ScalarFunction } from './signature';

const coalesce: ScalarFunction = {
	args: [1, Infinity],
	build(args, site) {
		const values = unify(args, site.label);
		const type = values[0]?.type ?? STRING;
		return derive(
			`coalesce(${values.map((value) => value.sql).join(', ')})`,
			type,
			site.label,
			values,
		);
	},
};

const ifElse: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const condition = asBoolean(argument(args, 0, site), site.label, 0);
		const [yes, no] = unify(args.slice(1), site.label);
		if (yes === undefined || no === undefined) throw unsupported(site.label);
		const sql = `CASE WHEN ${condition.sql} THEN ${yes.sql} ELSE ${no.sql} END`;
		const label = `(IF(${args.map((arg) => arg.label).join(', ')}))`;
		return derive(sql, yes.type, label, [condition, yes, no]);
	},
};

const nullif: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const value = argument(args, 0, site);
		const equal = compare('=', value, argument(args, 1, site));
		const sql = `CASE WHEN ${equal.sql} THEN NULL ELSE ${value.sql} END`;
		return derive(sql, value.type, site.label, [value, equal]);
	},
};

const nvl2: ScalarFunction = {
	args: [3, 3],
	build(args, site) {
		const value = argument(args, 0, site);
		const [present, missing] = unify(args.slice(1), site.label);
		if (present === undefined || missing === undefined) throw unsupported(site.label);
		const sql = `CASE WHEN ${value.sql} IS NOT NULL THEN ${present.sql} ELSE ${missing.sql} END`;
		return derive(sql, present.type, site.label, [value, present, missing]);
	},
};

/** greatest and least leave NULL out. */
const extreme = (name: 'greatest' | 'least'): ScalarFunction => ({
	args: [2, Infinity],
	build(args, site) {
		const kinds = args.map((arg) => arg.type.kind).filter((kind) => kind !== 'void');
		if (kinds.includes('string') && kinds.some((kind) => kind !== 'string')) {
			throw unsupported(`${name} of STRING beside another type`);
		}
		const values = unify(args, site.label);
		const type = values[0]?.type ?? STRING;
		if (isNested(type)) throw unsupported(`${name} of arrays, maps or structs`);
		return derive(
			`${name}(${values.map((value) => value.sql).join(', ')})`,
			type,
			site.label,
			values,
		);
	},
});

const nullTest = (negated: boolean): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		const label = `(${value.label} IS ${negated ? 'NOT ' : ''}NULL)`;
		return derive(`(${value.sql} IS ${negated ? 'NOT ' : ''}NULL)`, BOOLEAN, label, [value]);
	},
});

const isnan: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		if (value.type.kind !== 'double' && value.type.kind !== 'float')
			throw unsupported('isnan of a number that is not floating');
		return derive(`coalesce(isnan(${value.sql}), FALSE)`, BOOLEAN, site.label, [value]);
	},
};

const typeOf: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		const name = typeName(value.type);
		return derive(sqlString(name), STRING, site.label, [value]);
	},
};

const equalNull: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		return {
			...compare('<=>', argument(args, 0, site), argument(args, 1, site)),
			label: site.label,
		};
	},
};

/** `int(x)`, `date(x)` …: the cast of that name. */
const conversion = (type: SqlType): ScalarFunction => ({
	args: [1, 1],
	build(args, site) {
		const value = argument(args, 0, site);
		const cast = castSql(value.sql, value.type, type, 'explicit', value.literal);
		return derive(
			cast.sql,
			type,
			value.label,
			[value],
			cast.fallible || value.fallible ? { fallible: true } : {},
		);
	},
});

/** The casts that are called by the name of their type. */
export const CONVERSIONS: [string, ScalarFunction][] = [
	['boolean', conversion(BOOLEAN)],
	['tinyint', conversion(TINYINT)],
	['smallint', conversion(SMALLINT)],
	['int', conversion(INT)],
	['bigint', conversion(BIGINT)],
	['float', conversion(FLOAT)],
	['double', conversion(DOUBLE)],
	['decimal', conversion(decimalType(10, 0))],
	['string', conversion(STRING)],
	['binary', conversion(BINARY)],
	['date', conversion(DATE)],
	['time', conversion(timeType(6))],
	['timestamp', conversion(TIMESTAMP)],
];

export const CONDITIONALS: [string, ScalarFunction][] = [
	['coalesce', coalesce],
	['ifnull', coalesce],
	['nvl', coalesce],
	['if', ifElse],
	['iff', ifElse],
	['nullif', nullif],
	['nvl2', nvl2],
	['greatest', extreme('greatest')],
	['least', extreme('least')],
	['isnull', nullTest(false)],
	['isnotnull', nullTest(true)],
	['isnan', isnan],
	['typeof', typeOf],
	['equal_null', equalNull],
	...CONVERSIONS,
];
