import { castSql } from '../sql/casts/cast';
import { jsonType } from '../sql/json/schema';
import { unsupported } from '../sql/sqlError';
import { duckdbType, STRING, typeText, type SqlType, type StructField } from '../sql/sqlType';
import { sqlString } from '../sql/stringLiteral';
import { pathList, textsOf, type FileRows } from './fileRows';
import { fileText } from './fileText';
import { jsonRecords, type JsonRecord } from './jsonRecords';
import { mustHaveOwnNames } from './ownNames';
import type { VolumeFile } from './volumeFiles';

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
				THEN ${castSql(`dbx_json_text(${member})`, STRING, type, 'try').sql}
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

/** The schema that Spark infers from JSON lines. @throws SqlError for names that come twice */
export async function inferJsonSchema(files: readonly VolumeFile[]): Promise<StructField[]> {
	const records: JsonRecord[] = [];
	for (const file of files) {
		for (const record of jsonRecords(await fileText(file), false, file.path)) records.push(record);
	}
	const type = jsonType(records, false);
	const fields = type?.kind === 'struct' ? type.fields : [];
	mustHaveOwnNames(fields);
	return fields;
}
