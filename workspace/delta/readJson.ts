import { castSql } from '../sql/casts/cast';
import { unsupported } from '../sql/sqlError';
import { textsOf } from './fileRows';
import {
	BIGINT,
	BOOLEAN,
	DOUBLE,
	duckdbType,
	STRING,
	typeText,
	type SqlType,
	type StructField,
} from '../sql/sqlType';
import { sqlString } from '../sql/stringLiteral';
import type { Transaction } from './database';
import { pathList, type FileRows } from './fileRows';

/** Rows of JSON-lines files: one column `json` a line, NULL where the line is no JSON. */
function jsonRows(paths: readonly string[]): string {
	if (paths.length === 0) {
		return `(SELECT NULL::JSON AS "json", '' AS "filename" WHERE FALSE)`;
	}
	return `(SELECT CASE WHEN ltrim(CAST("json" AS VARCHAR)) LIKE '[%' THEN
			CAST(dbx_unsupported('a list as a line of JSON in read_files') AS JSON) ELSE "json" END AS "json",
			"filename" FROM read_ndjson_objects(${pathList(paths)}, filename = true, ignore_errors = true,
				maximum_object_size = 67108864))`;
}

/** The columns of a schema over JSON lines, by Spark's PERMISSIVE reader. */
export function jsonFields(paths: readonly string[], schema: readonly StructField[]): FileRows {
	const fields = schema.map(({ name, type }) => ({ name, type, sql: fieldSql(name, type) }));
	return { from: jsonRows(paths), fields };
}

function fieldSql(name: string, type: SqlType): string {
	if (/["\\]/.test(name)) throw unsupported(`the JSON field ${name} in read_files`);
	const path = sqlString(`$."${name}"`);
	const member = `CAST("file"."json" AS VARCHAR), ${sqlString(name)}`;
	const text = `"file"."json"->>${path}`;
	const kind = `json_type("file"."json", ${path})`;
	const when = (kinds: string, value: string) =>
		`CASE WHEN ${kind} IN (${kinds}) THEN ${value} END`;
	const cast = () => castSql(`(${text})`, STRING, type, 'try').sql;
	const whole = `'UBIGINT', 'BIGINT'`;
	switch (type.kind) {
		case 'string':
			// DuckDB prints numbers with a fraction, objects and lists anew; Spark keeps them as they are.
			return `CASE WHEN ${kind} IN ('DOUBLE', 'OBJECT', 'ARRAY') THEN dbx_json_text(${member})
				WHEN ${kind} <> 'NULL' THEN ${text} END`;
		case 'array':
		case 'map':
		case 'struct': {
			const value = `dbx_json_value(${member}, ${sqlString(typeText(type))})`;
			const texts = textsOf(type);
			return castSql(
				`CAST(CAST(${value} AS JSON) AS ${duckdbType(texts)})`,
				texts,
				type,
				'explicit',
			).sql;
		}
		case 'tinyint':
		case 'smallint':
		case 'int':
		case 'bigint':
			return when(whole, cast());
		case 'float':
		case 'double':
			return when(`${whole}, 'DOUBLE'`, cast());
		case 'decimal':
			return `CASE WHEN ${kind} IN (${whole}, 'VARCHAR') THEN ${cast()}
				WHEN ${kind} = 'DOUBLE' AND length(regexp_replace(${text}, '[^0-9]', '', 'g')) > 15
				THEN ${refuse('a JSON number of more than 15 digits as DECIMAL', type)}
				WHEN ${kind} = 'DOUBLE' THEN ${cast()} END`;
		case 'boolean':
			return when(`'BOOLEAN'`, cast());
		case 'date':
		case 'timestamp':
			return when(`'VARCHAR'`, cast());
		default:
			throw unsupported(`the type ${typeText(type)} in the schema of read_files`);
	}
}

/** An expression that fails the statement, naming what cannot be given exactly. */
function refuse(what: string, type?: SqlType): string {
	const failure = `dbx_unsupported(${sqlString(what)})`;
	return type === undefined ? failure : castSql(failure, STRING, type, 'try').sql;
}

/**
 * The schema that Spark infers from JSON lines: fields in alphabetical order; whole numbers BIGINT,
 * other numbers DOUBLE, fields that are both DOUBLE, anything else mixed or only null STRING.
 */
export async function inferJsonSchema(
	transaction: Transaction,
	paths: readonly string[],
): Promise<StructField[]> {
	const rows = await transaction.rows(
		`SELECT "key", string_agg(DISTINCT "kind", ',' ORDER BY "kind") FROM (
			SELECT "key", json_type("json", '$."' || "key" || '"') AS "kind" FROM (
				SELECT "json", unnest(json_keys("json")) AS "key" FROM ${jsonRows(paths)}
				WHERE json_type("json") = 'OBJECT'))
			GROUP BY "key" ORDER BY "key"`,
	);
	return rows.map(([key, kinds]) => ({ name: key ?? '', type: inferred(key ?? '', kinds ?? '') }));
}

function inferred(key: string, kinds: string): SqlType {
	const found = kinds.split(',').filter((kind) => kind !== 'NULL');
	if (found.some((kind) => kind === 'OBJECT' || kind === 'ARRAY')) {
		throw unsupported(
			`inferring the type of the nested JSON field ${key}; give read_files a schema`,
		);
	}
	const only = (...kinds: string[]) =>
		found.length > 0 && found.every((kind) => kinds.includes(kind));
	if (only('BIGINT', 'UBIGINT')) return BIGINT;
	if (only('BIGINT', 'UBIGINT', 'DOUBLE')) return DOUBLE;
	return only('BOOLEAN') ? BOOLEAN : STRING;
}
