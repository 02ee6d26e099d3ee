import { castSql } from '../sql/casts/cast';
import { unsupported } from '../sql/sqlError';
import { STRING, typeText, type StructField } from '../sql/sqlType';
import { sqlString } from '../sql/stringLiteral';
import { pathList, type FileRows, type ReadOptions } from './fileRows';

const readable = [
	'string',
	'tinyint',
	'smallint',
	'int',
	'bigint',
	'double',
	'decimal',
	'boolean',
	'date',
	'timestamp',
];

/**
 * The columns of a schema over CSV files, by place. An empty field is NULL, a value that does not
 * fit its type is NULL too. Every line must have as many fields as the schema.
 */
export function csvFields(
	paths: readonly string[],
	schema: readonly StructField[],
	options: ReadOptions,
): FileRows {
	const odd = schema.find(({ type }) => !readable.includes(type.kind));
	if (odd !== undefined) throw unsupported(`the type ${typeText(odd.type)} in read_files of CSV`);
	const fields = schema.map(({ name, type }, at) => ({
		name,
		type,
		sql: castSql(`nullif("file"."v${at}", '')`, STRING, type, 'try').sql,
	}));
	return { from: csvRows(paths, schema.length, options), fields };
}

function csvRows(paths: readonly string[], width: number, options: ReadOptions): string {
	const names = Array.from({ length: width }, (_unused, at) => `v${at}`);
	if (paths.length === 0) {
		const columns = names.map((name) => `'' AS "${name}"`).join(', ');
		return `(SELECT ${columns}, '' AS "filename" WHERE FALSE)`;
	}
	const columns = names.map((name) => `'${name}': 'VARCHAR'`).join(', ');
	const header = options.header?.toLowerCase() === 'true';
	const delimiter = options.delimiter ?? options.sep ?? ',';
	return `read_csv(${pathList(paths)}, auto_detect = false, columns = {${columns}},
		header = ${header}, delim = ${sqlString(delimiter)}, quote = '"', escape = '\\',
		filename = true, strict_mode = true, null_padding = false)`;
}
