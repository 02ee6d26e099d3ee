import type { Column, Constant, Relation } from '../sql/scope';
import { SqlError, unsupported } from '../sql/sqlError';
import { STRING } from '../sql/sqlType';
import { parseType } from '../sql/types/typeReader';
import type { Context } from './context';
import { metadataColumn, withMetadata } from './fileMetadata';
import type { FileRows, ReadOptions } from './fileRows';
import { csvFields } from './readCsv';
import { inferJsonSchema, jsonFields } from './readJson';
import { parquetFields } from './readParquet';
import type { StreamReader } from './streamReader';
import { findVolumeFiles, type VolumeFile } from './volumeFiles';

const formats: Record<string, string> = {
	json: 'json',
	jsonl: 'json',
	ndjson: 'json',
	csv: 'csv',
	parquet: 'parquet',
};

/**
 * read_files(path, format => …, schema => …): JSON lines, CSV and Parquet below /Volumes. With a
 * schema, a value that does not fit its type is NULL and a line that is no JSON object is a row of
 * NULLs, which is Databricks' PERMISSIVE mode. Without one, types are inferred where that is exact.
 * As a stream it gives the files that the target has not read yet.
 */
export async function readFiles(
	context: Context,
	args: Constant[],
	named: Record<string, Constant>,
	streams: StreamReader | undefined,
): Promise<Relation> {
	const [path] = args;
	if (path?.value === undefined || path.value === null || args.length !== 1) {
		const text = 'read_files takes one path; everything else is an option by name.';
		throw new SqlError('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', '42605', text);
	}
	const options = readOptions(named);
	const all = await findVolumeFiles(context.place.volumesRoot, path.value);
	const format = formatOf(options, all);
	const files = streams === undefined ? all : await onlyNew(streams, path.value, all, options);
	const rows = await rowsOf(context, format, options, files, streams !== undefined);
	const columns: Column[] = rows.fields.map(({ name, type }, at) => ({
		name,
		type,
		nullable: true,
		physical: `f${at}`,
	}));
	columns.push(metadataColumn);
	const list = rows.fields.map(({ sql }, at) => `${sql} AS f${at}`);
	return { sql: withMetadata(list, rows.from, files), columns };
}

const knownOptions = [
	'format',
	'schema',
	'header',
	'delimiter',
	'sep',
	'inferColumnTypes',
	'maxFilesPerTrigger',
];
/** "Auto Loader options": how many new files a micro-batch takes by default. */
const defaultFilesPerTrigger = 1000;
const noOpOptions = ['schemaEvolutionMode', 'schemaLocation', 'includeExistingFiles'];

function readOptions(named: Record<string, Constant>): ReadOptions {
	const options: ReadOptions = {};
	for (const [key, constant] of Object.entries(named)) {
		const option = [...knownOptions, ...noOpOptions].find(
			(name) => name.toLowerCase() === key.toLowerCase(),
		);
		if (option === undefined) throw unsupported(`the option ${key} of read_files`);
		options[option] = constant.value ?? '';
	}
	if (options.schemaEvolutionMode !== undefined && options.schemaEvolutionMode !== 'none') {
		throw unsupported(`schemaEvolutionMode ${options.schemaEvolutionMode} of read_files`);
	}
	return options;
}

function formatOf(options: ReadOptions, files: readonly VolumeFile[]): string {
	if (options.format !== undefined) {
		const format = formats[options.format.toLowerCase()];
		if (format === undefined) throw unsupported(`the format ${options.format} of read_files`);
		return format;
	}
	const endings = files.map(({ path }) => /\.([a-z]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase());
	const found = new Set(endings.map((ending) => formats[ending ?? '']));
	const [only] = found;
	if (found.size === 1 && only !== undefined) return only;
	throw unsupported('read_files without a format, over files whose names do not all tell one');
}

async function onlyNew(
	streams: StreamReader,
	source: string,
	files: VolumeFile[],
	options: ReadOptions,
): Promise<VolumeFile[]> {
	const limit = Number(options.maxFilesPerTrigger ?? defaultFilesPerTrigger);
	if (!Number.isInteger(limit) || limit < 1) {
		throw unsupported(`maxFilesPerTrigger ${options.maxFilesPerTrigger} of read_files`);
	}
	const fresh = await streams.newFiles(
		source,
		files.map(({ path }) => path),
		limit,
	);
	const wanted = new Set(fresh);
	return files.filter(({ path }) => wanted.has(path));
}

async function rowsOf(
	context: Context,
	format: string,
	options: ReadOptions,
	files: VolumeFile[],
	isStream: boolean,
): Promise<FileRows> {
	const paths = files.map(({ realPath }) => realPath);
	if (format === 'parquet')
		return rescued(await parquetFields(context.transaction, paths), options);
	if (options.schema === undefined) {
		if (format === 'csv') throw unsupported('read_files of CSV without a schema');
		// A stream's schema is kept and evolves with its files; that is not built.
		if (isStream) throw unsupported('STREAM read_files without a schema');
		const inferred = await inferJsonSchema(files);
		return rescued(jsonFields(paths, inferred), options);
	}
	const schema = parseType(`STRUCT<${options.schema}>`);
	const fields = schema.kind === 'struct' ? schema.fields : [];
	return format === 'csv' ? csvFields(paths, fields, options) : jsonFields(paths, fields);
}

/** An inferred schema ends in a column for what did not fit it: nothing, as all files were read. */
function rescued(rows: FileRows, options: ReadOptions): FileRows {
	if (options.schemaEvolutionMode === 'none') return rows;
	const column = { name: '_rescued_data', type: STRING, sql: 'NULL::VARCHAR' };
	return { ...rows, fields: [...rows.fields, column] };
}
