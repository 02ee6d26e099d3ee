import { fieldSql } from '../duckdb/fields';
import { unsupported } from '../sqlError';
import {
	BIGINT,
	BINARY,
	BOOLEAN,
	DATE,
	DOUBLE,
	duckdbType,
	FLOAT,
	STRING,
	TIMESTAMP,
	TIMESTAMP_NTZ,
	typeText,
	type SqlType,
} from '../sqlType';
import { sqlString } from '../stringLiteral';
import { variantSql } from '../timeZones/sessionZone';
import { isIntegral } from '../types/commonType';
import { lambdaVariable, once } from '../types/typed';
import { NoCast, type Cast, type CastMode } from './castRules';

type CastOfScalar = (sql: string, from: SqlType, to: SqlType, mode: CastMode) => Cast;
/** The text of a value as CAST AS STRING gives it. */
type TextOf = (sql: string, type: SqlType) => string;

const TAGS: Partial<Record<SqlType['kind'], string>> = {
	tinyint: 'i',
	smallint: 'i',
	int: 'i',
	bigint: 'i',
	decimal: 'n',
	double: 'e',
	float: 'f',
	date: 'd',
	timestamp: 't',
	timestamp_ntz: 'z',
};

/**
 * DuckDB SQL of the stored VARIANT of a value (variants/value.ts). Structs and maps only with
 * `objects`, as to_variant_object takes them and CAST does not.
 */
export function toVariant(sql: string, from: SqlType, textOf: TextOf, objects = false): string {
	const inner = (each: string, type: SqlType): string =>
		`coalesce(${toVariant(each, type, textOf, objects)}, 'null')`;
	switch (from.kind) {
		case 'variant':
			return sql;
		case 'void':
			return 'CAST(NULL AS VARCHAR)';
		case 'boolean':
			return `CAST(${sql} AS VARCHAR)`;
		case 'string':
		case 'char':
		case 'varchar':
			return `CAST(to_json('s' || ${sql}) AS VARCHAR)`;
		case 'binary':
			return `('"b' || base64(${sql}) || '"')`;
		case 'array': {
			const variable = lambdaVariable(sql);
			const element = inner(variable, from.element);
			return once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '[' || coalesce(array_to_string(list_transform(${v}, lambda ${variable}: ${element}), ','), '') || ']' END`,
			);
		}
		case 'struct': {
			if (!objects) throw new NoCast();
			const object = once(sql, (v) => {
				const fields = from.fields.map(
					({ name, type }) =>
						`${sqlString(`${JSON.stringify(name)}:`)} || ${inner(fieldSql(v, name), type)}`,
				);
				return `CASE WHEN ${v} IS NOT NULL THEN '{' || ${fields.join(` || ',' || `) || "''"} || '}' END`;
			});
			return `dbx_variant_ordered(${object})`;
		}
		case 'map': {
			if (!objects || from.key.kind !== 'string') throw new NoCast();
			const variable = lambdaVariable(sql);
			const entry = `CAST(to_json(${variable}.key) AS VARCHAR) || ':' || ${inner(`${variable}.value`, from.value)}`;
			const object = once(
				sql,
				(v) =>
					`CASE WHEN ${v} IS NOT NULL THEN '{' || coalesce(array_to_string(list_transform(map_entries(${v}), lambda ${variable}: ${entry}), ','), '') || '}' END`,
			);
			return `dbx_variant_ordered(${object})`;
		}
		default: {
			const tag = TAGS[from.kind];
			if (tag === undefined) throw new NoCast();
			// Stored by the clocks of UTC, whatever the session's are.
			const text = from.kind === 'timestamp' ? `dbx_timestamp_text(${sql})` : textOf(sql, from);
			const body =
				from.kind === 'decimal' && from.scale > 0
					? `regexp_replace(regexp_replace(${text}, '\\.?0+$', ''), '^-0$', '0')`
					: text;
			return `('"${tag}' || ${body} || '"')`;
		}
	}
}

/** What a scalar inside a VARIANT can be cast from, by its tag. */
const SCALARS: [tag: string, type: SqlType][] = [
	['i', BIGINT],
	['s', STRING],
	['e', DOUBLE],
	['f', FLOAT],
	['d', DATE],
	['t', TIMESTAMP],
	['z', TIMESTAMP_NTZ],
	['b', BINARY],
];

/** A VARIANT as a value of a type: what does not fit is INVALID_VARIANT_CAST, or NULL when tolerant. */
export function fromVariant(
	sql: string,
	to: SqlType,
	mode: CastMode,
	castScalar: CastOfScalar,
): string {
	return once(sql, (v) => {
		const bad =
			mode === 'try'
				? 'NULL'
				: `dbx_bad_variant(dbx_variant_json(${v}), ${sqlString(typeText(to))})`;
		const none = `${v} IS NULL OR ${v} = 'null'`;
		const value = nested(v, to, mode, castScalar) ?? scalar(v, to, castScalar);
		return `CASE WHEN ${none} THEN NULL ELSE coalesce(${value}, ${bad}) END`;
	});
}

function scalar(v: string, to: SqlType, castScalar: CastOfScalar): string {
	if (to.kind === 'time') throw unsupported('CAST of VARIANT to TIME');
	if (to.kind === 'string') return `dbx_variant_string(${variantSql(v)})`;
	const body = `substr(json_extract_string(${v}, '$'), 2)`;
	const branches = SCALARS.flatMap(([tag, type]) => {
		const from = tag === 'b' ? `from_base64(${body})` : tag === 's' ? body : readScalar(body, type);
		const cast = attempt(() => castScalar(from, type, to, 'try').sql, type, to);
		return cast === undefined ? [] : [`WHEN starts_with(${v}, '"${tag}') THEN ${cast}`];
	});
	const truth = attempt(() => castScalar(`(${v} = 'true')`, BOOLEAN, to, 'try').sql, BOOLEAN, to);
	if (truth !== undefined) branches.push(`WHEN ${v} IN ('true', 'false') THEN ${truth}`);
	const exact = decimalTo(body, to, castScalar);
	if (exact !== undefined) branches.push(`WHEN starts_with(${v}, '"n') THEN ${exact}`);
	if (branches.length === 0) throw new NoCast();
	return `CASE ${branches.join(' ')} END`;
}

/** The value behind the text of a scalar, which is the one that CAST AS STRING gives. */
function readScalar(body: string, type: SqlType): string {
	const text = type === DOUBLE || type === FLOAT ? `dbx_special(${body})` : body;
	return `CAST(${text} AS ${duckdbType(type)})`;
}

/** A branch that Spark does not have is undefined, one that is not verified fails when it is met. */
function attempt(build: () => string, from: SqlType, to: SqlType): string | undefined {
	try {
		return build();
	} catch (error) {
		if (error instanceof NoCast) return undefined;
		const what = `CAST of a VARIANT with ${typeText(from)} to ${typeText(to)}`;
		return `CAST(dbx_unsupported(${sqlString(what)}) AS ${duckdbType(to)})`;
	}
}

/** Decimals of any size from their texts. */
function decimalTo(body: string, to: SqlType, castScalar: CastOfScalar): string | undefined {
	if (to.kind === 'decimal') return `TRY_CAST(${body} AS ${duckdbType(to)})`;
	if (to.kind === 'double' || to.kind === 'float') return `CAST(${body} AS ${duckdbType(to)})`;
	if (to.kind === 'boolean') return `(CAST(${body} AS DOUBLE) <> 0)`;
	if (isIntegral(to)) {
		return castScalar(`TRY_CAST(split_part(${body}, '.', 1) AS BIGINT)`, BIGINT, to, 'try').sql;
	}
	const what = `CAST of a VARIANT with DECIMAL to ${typeText(to)}`;
	return `CAST(dbx_unsupported(${sqlString(what)}) AS ${duckdbType(to)})`;
}

/** Arrays, and objects as structs or maps; undefined for other types. */
function nested(
	v: string,
	to: SqlType,
	mode: CastMode,
	castScalar: CastOfScalar,
): string | undefined {
	const each = (json: string, type: SqlType): string =>
		type.kind === 'variant'
			? `CAST(${json} AS VARCHAR)`
			: fromVariant(`CAST(${json} AS VARCHAR)`, type, mode, castScalar);
	if (to.kind === 'array') {
		const variable = lambdaVariable(v);
		const items = `CAST(json_extract(${v}, '$[*]') AS JSON[])`;
		const list = `list_transform(${items}, lambda ${variable}: ${each(variable, to.element)})`;
		return `CASE WHEN starts_with(${v}, '[') THEN CAST(${list} AS ${duckdbType(to)}) END`;
	}
	if (to.kind === 'struct') {
		const fields = to.fields.map(({ name, type }) => {
			const found = `json_extract(${v}, ${sqlString(pointerOf(name))})`;
			return `${sqlString(name)}: ${each(found, type)}`;
		});
		return `CASE WHEN starts_with(${v}, '{') THEN CAST({${fields.join(', ')}} AS ${duckdbType(to)}) END`;
	}
	if (to.kind !== 'map') return undefined;
	if (to.key.kind !== 'string') throw unsupported('CAST of a VARIANT to a map without STRING keys');
	const key = lambdaVariable(v);
	const pointer = `'/' || replace(replace(${key}, '~', '~0'), '/', '~1')`;
	const value = each(`json_extract(${v}, ${pointer})`, to.value);
	const entries = `list_transform(json_keys(${v}), lambda ${key}: {'key': ${key}, 'value': ${value}})`;
	return `CASE WHEN starts_with(${v}, '{') THEN CAST(map_from_entries(${entries}) AS ${duckdbType(to)}) END`;
}

const pointerOf = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
