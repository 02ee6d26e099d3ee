import { arrayType, STRING, type SqlType } from '../sql/sqlType';
import { sqlString } from '../sql/stringLiteral';

/** A column that a reader gives, with DuckDB's expression for it over the row "file". */
export interface FileField {
	name: string;
	type: SqlType;
	sql: string;
}

/** How rows of a format are read: a FROM item, with the real path in `filename`, and its columns. */
export interface FileRows {
	from: string;
	fields: FileField[];
}

/** The options of read_files by their names. */
export type ReadOptions = Record<string, string>;

/** A DuckDB list of paths. An empty one needs a reader that reads nothing. */
export function pathList(paths: readonly string[]): string {
	return `[${paths.map(sqlString).join(', ')}]`;
}

/** The same type with texts for scalars. */
export function textsOf(type: SqlType): SqlType {
	switch (type.kind) {
		case 'array':
			return arrayType(textsOf(type.element));
		case 'map':
			return { kind: 'map', key: STRING, value: textsOf(type.value) };
		case 'struct':
			return {
				kind: 'struct',
				fields: type.fields.map((field) => ({ name: field.name, type: textsOf(field.type) })),
			};
		default:
			return STRING;
	}
}
