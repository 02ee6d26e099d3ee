import { DatabricksError } from '../errors';
import { quoteIdentifier, quoteTableName, quoteText } from './quoting';
import { castSql, type TargetColumn } from './rowBatches';

export type CopyFormat = 'CSV' | 'JSON' | 'PARQUET';

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
 * where the files have no names. Fields of CSV and of JSON are texts; what such a text cannot be
 * cast to is an error that names the column. Throws DatabricksError (badRequest).
 */
export function castExpressions(
	columns: readonly TargetColumn[],
	format: CopyFormat,
	isByPlace: boolean,
): string {
	return columns
		.map((column, index) => {
			const field = quoteIdentifier(isByPlace ? `_c${index}` : column.name);
			if (format !== 'PARQUET') mustHaveText(column, format);
			return `${castSql(field, column.type)} AS ${quoteIdentifier(column.name)}`;
		})
		.join(', ');
}

function mustHaveText({ name, type }: TargetColumn, format: CopyFormat): void {
	const isBytes = type.kind === 'scalar' && type.name === 'BINARY';
	if (!isBytes && (format === 'JSON' || type.kind === 'scalar')) return;
	throw new DatabricksError({
		kind: 'badRequest',
		message: `The column "${name}" is ${type.text}, which no text of a ${format} file is cast to.`,
		hint: `Leave it out under 'Columns to Load', or set 'Columns' to 'By Expressions', as in ${
			isBytes ? `unbase64(${name}) AS ${name}` : `from_json(${name}, '${type.text}') AS ${name}`
		}.`,
	});
}
