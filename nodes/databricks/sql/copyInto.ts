import { DatabricksError } from '../errors';
import { quoteIdentifier, quoteTableName, quoteText } from './quoting';
import { castSql, type TargetColumn } from './rowBatches';
import { leafTypeSql, type SqlType } from './sqlTypes';

export const copyFormats = ['AVRO', 'CSV', 'JSON', 'ORC', 'PARQUET', 'TEXT'] as const;

export type CopyFormat = (typeof copyFormats)[number];

/** What a COPY INTO loads, and how. */
export interface CopyRequest {
	table: readonly string[];
	/** A folder of a volume, or one file. */
	path: string;
	format: CopyFormat;
	/** The list of a SELECT over the columns of the files; the columns as they are without it. */
	expressions?: string;
	/** Names of files in the folder. */
	files?: readonly string[];
	/** A glob pattern below the folder. */
	pattern?: string;
	formatOptions: Readonly<Record<string, string>>;
	copyOptions: Readonly<Record<string, string>>;
	/** Whether the files are only looked at. */
	validates: boolean;
}

/** The statement. It takes no parameter markers; texts and names are quoted. */
export function copyStatement(request: CopyRequest): string {
	const { table, path, format, expressions, files, pattern } = request;
	const source = quoteText(path);
	const lines = [
		`COPY INTO ${quoteTableName(table)}`,
		`FROM ${expressions === undefined ? source : `(SELECT ${expressions} FROM ${source})`}`,
		`FILEFORMAT = ${format}`,
		...(request.validates ? ['VALIDATE ALL'] : []),
		...(files === undefined ? [] : [`FILES = (${files.map(quoteText).join(', ')})`]),
		...(pattern === undefined ? [] : [`PATTERN = ${quoteText(pattern)}`]),
		...optionsClause('FORMAT_OPTIONS', request.formatOptions),
		...optionsClause('COPY_OPTIONS', request.copyOptions),
	];
	return lines.join('\n');
}

function optionsClause(name: string, options: Readonly<Record<string, string>>): string[] {
	const list = Object.entries(options).map(
		([key, value]) => `${quoteText(key)} = ${quoteText(value)}`,
	);
	return list.length === 0 ? [] : [`${name} (${list.join(', ')})`];
}

/**
 * The list of a SELECT that gives columns of a table from the fields of files: by name, or by place
 * where the files have no names. Fields of CSV and of JSON are texts, in JSON also those inside of
 * objects and lists; what such a text cannot be cast to is an error that names the column. Throws
 * DatabricksError (badRequest).
 */
export function castExpressions(
	columns: readonly TargetColumn[],
	format: CopyFormat,
	isByPlace: boolean,
): string {
	return columns
		.map((column, index) => {
			const field = quoteIdentifier(isByPlace ? `_c${index}` : column.name);
			return `${valueOf(field, column, format)} AS ${quoteIdentifier(column.name)}`;
		})
		.join(', ');
}

function valueOf(field: string, column: TargetColumn, format: CopyFormat): string {
	const { type } = column;
	if (format === 'CSV' || format === 'JSON' || format === 'TEXT') mustHaveText(column, format);
	if (type.kind === 'scalar') return castSql(field, type);
	// A CAST takes the fields of a struct by their place, a write takes them by name.
	return format === 'JSON' ? castSql(byNames(field, type), type) : field;
}

/**
 * A field of JSON with the members of its objects by name, and with maps where the table has maps: the
 * file has structs of members in the order of their names. What has another shape is an error.
 */
function byNames(field: string, type: SqlType): string {
	const schema = quoteText(`v ${leafTypeSql(type)}`);
	return `from_json(to_json(named_struct('v', ${field})), ${schema}, map('mode', 'FAILFAST')).v`;
}

function mustHaveText({ name, type }: TargetColumn, format: CopyFormat): void {
	const way = otherWay(name, type, format);
	if (way === undefined) return;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `The column "${name}" is ${type.text}, which no text of a ${format} file is cast to.`,
		hint: `Leave it out under 'Columns to Load', or set 'Columns' to 'By Expressions', as in ${way} AS ${name}.`,
	});
}

/** The expression for a column that no CAST of a text fills. */
function otherWay(name: string, type: SqlType, format: CopyFormat): string | undefined {
	if (format === 'JSON') {
		const variant = `parse_json(to_json(named_struct('v', ${name}))):v`;
		if (holdsVariant(type)) return type.kind === 'scalar' ? variant : `${variant}::${type.text}`;
	} else if (type.kind !== 'scalar') return `from_json(${name}, '${type.text}')`;
	return type.kind === 'scalar' && type.name === 'BINARY' ? `unbase64(${name})` : undefined;
}

function holdsVariant(type: SqlType): boolean {
	switch (type.kind) {
		case 'array':
			return holdsVariant(type.element);
		case 'map':
			return holdsVariant(type.value);
		case 'struct':
			return type.fields.some((field) => holdsVariant(field.type));
		default:
			return type.name === 'VARIANT';
	}
}
