import { SqlError, syntaxError, unsupported } from '../../sql/sqlError';
import { tokenize, type Token } from '../../sql/tokens';
import type { Cursor } from '../cursor';

export type CopyFormat = 'CSV' | 'JSON' | 'PARQUET' | 'TEXT';

/** What a COPY INTO statement says, beside its table. */
export interface CopyClauses {
	path: string;
	/** The columns that get the fields of headerless CSV, by their place; all of the table, or named. */
	positions?: 'all' | string[];
	/** The query over the files, which stand in it under the name `copyFiles`. */
	query?: string;
	format: CopyFormat;
	/** How many rows are looked at instead of being written. */
	validate?: number;
	files?: string[];
	pattern?: string;
	/** Whether files in folders below the path are read, too. */
	isRecursive: boolean;
	/** How the format is read. */
	formatOptions: Record<string, string>;
	force: boolean;
	mergeSchema: boolean;
}

/** The name under which the files stand in the query of a COPY INTO. */
export const copyFiles = 'files of COPY INTO';

/** Reads everything behind `COPY INTO table`. */
export function readClauses(cursor: Cursor): CopyClauses {
	const positions = readPositions(cursor);
	cursor.expect('FROM');
	const source = cursor.sees('(') ? selectOf(cursor.inParentheses()) : { path: cursor.string() };
	if (cursor.sees('WITH')) throw unsupported('COPY INTO … WITH a credential or an encryption');
	cursor.expect('FILEFORMAT', '=');
	const format = formatNamed(cursor.identifier());
	const validate = cursor.accept('VALIDATE') ? validatedRows(cursor) : undefined;
	const which = readFilter(cursor);
	const options = cursor.accept('FORMAT_OPTIONS') ? cursor.properties() : {};
	const copyOptions = cursor.accept('COPY_OPTIONS') ? cursor.properties() : {};
	cursor.expectEnd();
	const { isRecursive, formatOptions } = splitOptions(options);
	if (positions !== undefined) mustBeByPlace(source, format, formatOptions);
	return {
		...source,
		...(positions === undefined ? {} : { positions }),
		format,
		...(validate === undefined ? {} : { validate }),
		...which,
		isRecursive,
		formatOptions,
		...readCopyOptions(copyOptions),
	};
}

function readPositions(cursor: Cursor): 'all' | string[] | undefined {
	if (cursor.accept('BY', 'POSITION')) return 'all';
	return cursor.sees('(') ? cursor.list(() => cursor.identifier()) : undefined;
}

/** Fields go by their place only where they have no names: in CSV without a header. */
function mustBeByPlace(
	{ query }: Pick<CopyClauses, 'path' | 'query'>,
	format: CopyFormat,
	options: Record<string, string>,
): void {
	const header = Object.entries(options).find(([name]) => name.toLowerCase() === 'header');
	const hasNames = format !== 'CSV' || isTrue(header?.[1] ?? 'false');
	if (!hasNames && query === undefined) return;
	throw unsupported('COPY INTO by position of anything but CSV without a header and a SELECT');
}

/** What says which files are read stands among the options of how they are. */
function splitOptions(options: Record<string, string>): {
	isRecursive: boolean;
	formatOptions: Record<string, string>;
} {
	const others = Object.entries(options).filter(
		([name]) => name.toLowerCase() !== 'recursivefilelookup',
	);
	const recursive = Object.entries(options).find(
		([name]) => name.toLowerCase() === 'recursivefilelookup',
	);
	return {
		isRecursive: isTrue(recursive?.[1] ?? 'false'),
		formatOptions: Object.fromEntries(others),
	};
}

/** `SELECT list FROM 'path'`: only expressions over the files, as the documentation allows them. */
function selectOf(text: string): { path: string; query: string } {
	const tokens = tokenize(text);
	const at = tokens.findIndex(
		(token, index) => token.text.toUpperCase() === 'FROM' && tokens[index + 1]?.kind === 'string',
	);
	const path = tokens[at + 1];
	if (tokens[0]?.text.toUpperCase() !== 'SELECT' || path?.kind !== 'string') {
		throw syntaxError(text, tokens[0]?.start ?? 0, tokens[0]?.text ?? '');
	}
	if (tokens[at + 2]?.kind !== 'end') {
		throw unsupported('COPY INTO … FROM (SELECT …) with more than expressions over the files');
	}
	for (const [index, token] of tokens.entries()) checkMetadata(token, tokens.slice(index + 1));
	return { path: path.value, query: `${text.slice(0, path.start)}\`${copyFiles}\`` };
}

/** Databricks may add fields to `_metadata`, and cuts large files where nothing says. */
function checkMetadata(token: Token, [next, field]: readonly Token[]): void {
	if (token.kind === 'string' || token.value.toLowerCase() !== '_metadata') return;
	const name = field?.value.toLowerCase() ?? '';
	if (next?.text === '.' && !name.startsWith('file_block_')) return;
	throw unsupported(`${name.startsWith('file_block_') ? name : 'all'} of _metadata in COPY INTO`);
}

function formatNamed(name: string): CopyFormat {
	const format = name.toUpperCase();
	if (isFormat(format)) return format;
	if (['AVRO', 'ORC', 'BINARYFILE', 'XML'].includes(format)) {
		throw unsupported(`FILEFORMAT = ${format} in COPY INTO`);
	}
	const text =
		'The format of the source files must be one of CSV, JSON, AVRO, ORC, PARQUET, TEXT, or BINARYFILE.';
	throw new SqlError('COPY_INTO_SOURCE_FILE_FORMAT_NOT_SUPPORTED', '0A000', text);
}

function isFormat(name: string): name is CopyFormat {
	return ['CSV', 'JSON', 'PARQUET', 'TEXT'].includes(name);
}

function validatedRows(cursor: Cursor): number {
	if (cursor.peek().kind !== 'number') {
		cursor.accept('ALL');
		return Infinity;
	}
	const rows = cursor.wholeNumber();
	cursor.expect('ROWS');
	return rows;
}

function readFilter(cursor: Cursor): { files?: string[]; pattern?: string } {
	if (cursor.accept('FILES')) {
		cursor.expect('=');
		const files = cursor.list(() => cursor.string());
		if (cursor.sees('PATTERN')) throw cursor.unexpected();
		return { files };
	}
	if (!cursor.accept('PATTERN')) return {};
	cursor.expect('=');
	return { pattern: cursor.string() };
}

function readCopyOptions(options: Record<string, string>): {
	force: boolean;
	mergeSchema: boolean;
} {
	const read = { force: false, mergeSchema: false };
	for (const [name, value] of Object.entries(options)) {
		if (name.toLowerCase() === 'force') read.force = isTrue(value);
		else if (name.toLowerCase() === 'mergeschema') read.mergeSchema = isTrue(value);
		else throw unsupported(`the option ${name} in COPY_OPTIONS`);
	}
	return read;
}

/** A boolean option. @throws SqlError for anything but true and false */
export function isTrue(value: string): boolean {
	const text = value.toLowerCase();
	if (text === 'true' || text === 'false') return text === 'true';
	throw unsupported(`"${value}" as an option of COPY INTO that is true or false`);
}
