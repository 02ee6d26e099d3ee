import { asText } from '../casts/coercion';
import { Cursor } from '../parser/cursor';
import type { Expr } from '../parser/syntax';
import { SqlError, unsupported } from '../sqlError';
import { duckdbType, STRING, typeText, type SqlType, type StructField } from '../sqlType';
import { sqlString } from '../stringLiteral';
import { parseType } from '../types/typeReader';
import { derive, once, type Typed } from '../types/typed';
import { argument, literalText } from './define';
import { jsonText } from './jsonText';
import type { ScalarFunction } from './signature';

/** The DuckDB path of `$.a.b[0]['c d']`; wildcards are refused. */
export function jsonPath(path: string): string {
	if (!path.startsWith('$')) throw unsupported(`the JSON path ${path}`);
	let rest = path.slice(1);
	let result = '$';
	while (rest !== '') {
		const step = /^(?:\.([A-Za-z0-9_$ -]+)|\['([^'"\\]+)'\]|\[(\d+)\])/.exec(rest);
		if (step === null) throw unsupported(`the JSON path ${path}`);
		result += step[3] === undefined ? `."${step[1] ?? step[2]}"` : `[${step[3]}]`;
		rest = rest.slice(step[0].length);
	}
	return result;
}

/**
 * The text of what a path finds: scalars as themselves, objects and arrays as JSON without white
 * space. Malformed JSON and fractions inside of objects are refused while the query runs.
 */
const getJsonObject: ScalarFunction = {
	args: [2, 2],
	build(args, site) {
		const json = asText(argument(args, 0, site), site.label, 0);
		const path = sqlString(
			jsonPath(literalText(argument(args, 1, site), 'get_json_object with a path')),
		);
		const sql = once(
			json.sql,
			(v) =>
				`CASE WHEN ${v} IS NULL OR ${v} = '' THEN NULL WHEN NOT json_valid(${v}) THEN dbx_unsupported('malformed JSON in get_json_object') ELSE dbx_json_scalar(json_extract(${v}, ${path})) END`,
		);
		return derive(sql, STRING, site.label, [json], { fallible: true });
	},
};

/** The type that from_json asks for: `array<int>` or a list of columns like `a int, b string`. */
function schemaOf(text: string): SqlType {
	if (/^\s*(?:array|map|struct)\s*</i.test(text)) return parseType(text);
	const cursor = new Cursor(text);
	const fields: StructField[] = [];
	do {
		const name = cursor.identifier();
		cursor.acceptSymbol(':');
		fields.push({ name, type: cursor.type() });
	} while (cursor.acceptSymbol(','));
	if (!cursor.atEnd) throw cursor.error();
	return { kind: 'struct', fields };
}

const WHOLE = "('BIGINT', 'UBIGINT')";

/** DuckDB SQL of one JSON value read as a type; values of another type are refused at run time. */
function readValue(j: string, type: SqlType, depth: number): string {
	const other = `dbx_unsupported('from_json of a value that is no ${typeText(type)}')`;
	const kind = `json_type(${j})`;
	const missing = `${j} IS NULL OR ${kind} = 'NULL'`;
	const when = (test: string, value: string): string =>
		`CASE WHEN ${missing} THEN NULL WHEN ${test} THEN ${value} ELSE ${other} END`;
	switch (type.kind) {
		case 'string':
			return when(`${kind} = 'VARCHAR'`, `json_extract_string(${j}, '$')`);
		case 'boolean':
			return when(`${kind} = 'BOOLEAN'`, `CAST(${j} AS BOOLEAN)`);
		case 'tinyint':
		case 'smallint':
		case 'int':
		case 'bigint':
			return when(
				`${kind} IN ${WHOLE}`,
				`coalesce(TRY_CAST(CAST(${j} AS VARCHAR) AS ${duckdbType(type)}), ${other})`,
			);
		case 'double':
			return when(
				`${kind} IN ('BIGINT', 'UBIGINT', 'DOUBLE')`,
				`CAST(CAST(${j} AS VARCHAR) AS DOUBLE)`,
			);
		case 'decimal':
			return when(
				`${kind} IN ${WHOLE} OR (${kind} = 'DOUBLE' AND length(CAST(${j} AS VARCHAR)) <= 16)`,
				`coalesce(TRY_CAST(CAST(${j} AS VARCHAR) AS ${duckdbType(type)}), ${other})`,
			);
		case 'date':
			return when(
				`regexp_full_match(json_extract_string(${j}, '$'), '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}')`,
				`coalesce(TRY_CAST(json_extract_string(${j}, '$') AS DATE), ${other})`,
			);
		case 'array': {
			const variable = `j${depth}`;
			const element = readValue(variable, type.element, depth + 1);
			return when(
				`${kind} = 'ARRAY'`,
				`CAST(list_transform(CAST(${j} AS JSON[]), lambda ${variable}: ${element}) AS ${duckdbType(type)})`,
			);
		}
		case 'struct': {
			const fields = type.fields.map((field) => {
				const path = sqlString(jsonPath(`$['${field.name}']`));
				return `${sqlString(field.name)}: ${readValue(`json_extract(${j}, ${path})`, field.type, depth)}`;
			});
			return when(`${kind} = 'OBJECT'`, `CAST({${fields.join(', ')}} AS ${duckdbType(type)})`);
		}
		case 'map': {
			// As JSON has it; Spark reads keys of other types from their texts, which is not done here.
			if (type.key.kind !== 'string') throw unsupported(`from_json to ${typeText(type)}`);
			const key = `k${depth}`;
			const pointer = `'/' || replace(replace(${key}, '~', '~0'), '/', '~1')`;
			const value = readValue(`json_extract(${j}, ${pointer})`, type.value, depth + 1);
			const keys = `json_keys(${j})`;
			return when(
				`${kind} = 'OBJECT' AND len(list_distinct(${keys})) = len(${keys})`,
				`CAST(map_from_entries(list_transform(${keys}, lambda ${key}: {'key': ${key}, 'value': ${value}})) AS ${duckdbType(type)})`,
			);
		}
		case 'binary':
			return when(
				`${kind} = 'VARCHAR' AND regexp_full_match(json_extract_string(${j}, '$'), '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?')`,
				`from_base64(json_extract_string(${j}, '$'))`,
			);
		default:
			throw unsupported(`from_json to ${typeText(type)}`);
	}
}

/** What JSON that is cut off gives: a struct of NULLs, or NULL. */
function nothing(type: SqlType): string {
	if (type.kind !== 'struct') return `CAST(NULL AS ${duckdbType(type)})`;
	const fields = type.fields.map(({ name }) => `${sqlString(name)}: NULL`);
	return `CAST({${fields.join(', ')}} AS ${duckdbType(type)})`;
}

/** Whether the options are `map('mode', 'FAILFAST')`; none are PERMISSIVE, any others are refused. */
function failsFast(options: Expr | undefined): boolean {
	if (options === undefined) return false;
	const call = options.kind === 'call' ? options.call : undefined;
	const texts = (call?.args ?? []).map((arg) => (arg.kind === 'literal' ? arg.value : ''));
	const [option, mode, ...more] = texts.map((text) => text.toUpperCase());
	const isMap = call?.name.join('.').toLowerCase() === 'map' && more.length === 0;
	if (isMap && option === 'MODE' && (mode === 'FAILFAST' || mode === 'PERMISSIVE')) {
		return mode === 'FAILFAST';
	}
	throw unsupported('from_json with other options than a mode');
}

const fromJson: ScalarFunction = {
	args: [2, 3],
	build(args, site) {
		const json = asText(argument(args, 0, site), site.label, 0);
		const type = schemaOf(literalText(argument(args, 1, site), 'from_json with a schema'));
		const malformed = `dbx_unsupported('malformed JSON in from_json')`;
		const invalid = failsFast(site.exprs[2])
			? () => malformed
			: (v: string) =>
					`CASE WHEN dbx_json_cut_off(${v}) = 'true' THEN ${nothing(type)} ELSE ${malformed} END`;
		const sql = once(
			json.sql,
			(v) =>
				`CASE WHEN ${v} IS NULL OR trim(${v}) = '' THEN NULL WHEN NOT json_valid(${v}) THEN ${invalid(v)} ELSE ${readValue(`json_extract(${v}, '$')`, type, 1)} END`,
		);
		return derive(sql, type, `from_json(${json.label})`, [json], { fallible: true });
	},
};

/** JSON text of an array, map, struct or VARIANT; NULL fields of structs are left out. */
const toJson: ScalarFunction = {
	args: [1, 1],
	build(args, site) {
		const value: Typed = argument(args, 0, site);
		if (!['array', 'map', 'struct', 'variant'].includes(value.type.kind)) {
			throw new SqlError(
				'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA',
				'42K09',
				`Cannot resolve "${site.label}" due to data type mismatch: Input schema "${typeText(value.type)}" must be a struct, an array, a map or a variant.`,
			);
		}
		return derive(jsonText(value.sql, value.type), STRING, site.label, [value]);
	},
};

export const JSON_FUNCTIONS: [string, ScalarFunction][] = [
	['get_json_object', getJsonObject],
	['from_json', fromJson],
	['to_json', toJson],
];
