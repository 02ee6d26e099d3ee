import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Relation } from '../../sql/scope';
import { unsupported } from '../../sql/sqlError';
import { STRING } from '../../sql/sqlType';
import type { Context } from '../context';
import type { FileRows } from '../fileRows';
import { inferJsonSchema, jsonFields } from '../readJson';
import { parquetFields } from '../readParquet';
import type { VolumeFile } from '../volumeFiles';
import { isTrue, type CopyClauses, type CopyFormat } from './clauses';
import { csvRecords, type TextRecord } from './csvTexts';
import { noFiles } from './files';
import { jsonTextRecords } from './jsonTexts';

type Read = (context: Context, files: readonly VolumeFile[], options: Options) => Promise<Relation>;

const readers: Readonly<Record<CopyFormat, Read>> = { CSV: csv, JSON: json, PARQUET: parquet };

/** The options that change how a format is read; any other one is refused by its name. */
const known: Readonly<Record<CopyFormat, readonly string[]>> = {
	CSV: [
		'header',
		'delimiter',
		'sep',
		'escape',
		'quote',
		'nullValue',
		'multiLine',
		'inferSchema',
		'mergeSchema',
		'encoding',
	],
	JSON: ['primitivesAsString', 'multiLine', 'mergeSchema', 'encoding'],
	PARQUET: ['mergeSchema'],
};

type Options = Record<string, string>;

/** The rows of files with the names and types that Spark gives their columns. */
export async function copySource(
	context: Context,
	files: readonly VolumeFile[],
	clauses: CopyClauses,
): Promise<Relation> {
	const { format, formatOptions } = clauses;
	const options: Options = {};
	for (const [name, value] of Object.entries(formatOptions)) {
		const option = known[format].find((other) => other.toLowerCase() === name.toLowerCase());
		if (option === undefined) throw unsupported(`the option ${name} of ${format} in COPY INTO`);
		options[option] = value;
	}
	if (!/^utf-?8$/i.test(options.encoding ?? 'UTF-8')) {
		throw unsupported(`the encoding ${options.encoding} in COPY INTO`);
	}
	// Files whose columns differ are refused or, as JSON, one schema anyway: mergeSchema changes nothing.
	isTrue(options.mergeSchema ?? 'false');
	return await readers[format](context, files, options);
}

async function csv(
	context: Context,
	files: readonly VolumeFile[],
	options: Options,
): Promise<Relation> {
	if (isTrue(options.inferSchema ?? 'false')) throw unsupported('inferSchema of CSV in COPY INTO');
	const delimiter = options.delimiter ?? options.sep ?? ',';
	const escape = options.escape ?? '\\';
	if (delimiter.length !== 1 || !['\\', '"'].includes(escape) || (options.quote ?? '"') !== '"') {
		throw unsupported('CSV with a delimiter of several characters, or other quotes or escapes');
	}
	const nullValue = options.nullValue ?? '';
	const multiLine = isTrue(options.multiLine ?? 'false');
	const hasHeader = isTrue(options.header ?? 'false');
	let names: string[] | undefined;
	const records: TextRecord[] = [];
	for (const file of files) {
		const dialect = { delimiter, escape, nullValue, multiLine };
		const read = csvRecords(await textOf(file), dialect, file.path);
		const head = hasHeader ? read.shift() : read[0];
		if (head === undefined) continue;
		const own = head.map((name, at) => (hasHeader ? (name ?? '') : `_c${at}`));
		names ??= own;
		if (own.includes('') || own.join('\u0000') !== names.join('\u0000')) {
			throw unsupported(`CSV files with other columns, or columns without a name: ${file.path}`);
		}
		const width = names.length;
		if (read.some((record) => record.length !== width)) {
			throw unsupported(`lines with more or fewer fields than the first one: ${file.path}`);
		}
		for (const record of read) records.push(record);
	}
	if (names === undefined) throw noFiles('CSV', folderOf(files));
	return await textRelation(context, names, records);
}

async function json(
	context: Context,
	files: readonly VolumeFile[],
	options: Options,
): Promise<Relation> {
	if (isTrue(options.multiLine ?? 'false')) throw unsupported('multiLine JSON in COPY INTO');
	const records = [];
	for (const file of files) records.push(...jsonTextRecords(await textOf(file), file.path));
	const names = [...new Set(records.flatMap((record) => [...record.keys()]))].sort();
	if (names.length === 0) throw noFiles('JSON', folderOf(files));
	if (isTrue(options.primitivesAsString ?? 'false')) {
		const rows = records.map((record) => names.map((name) => record.get(name) ?? null));
		return await textRelation(context, names, rows);
	}
	const paths = files.map(({ realPath }) => realPath);
	const schema = await inferJsonSchema(context.transaction, paths);
	return relationOf(jsonFields(paths, schema));
}

async function parquet(context: Context, files: readonly VolumeFile[]): Promise<Relation> {
	const paths = files.map(({ realPath }) => realPath);
	return relationOf(await parquetFields(context.transaction, paths));
}

function relationOf({ from, fields }: FileRows): Relation {
	const list = fields.map(({ sql }, at) => `${sql} AS f${at}`).join(', ');
	return {
		sql: `(SELECT ${list} FROM ${from} AS "file")`,
		columns: fields.map(({ name, type }, at) => ({ name, type, physical: `f${at}` })),
	};
}

/** Records that were read here, as a relation of texts. */
async function textRelation(
	{ transaction }: Context,
	names: readonly string[],
	records: readonly TextRecord[],
): Promise<Relation> {
	const twice = names.find(
		(name, at) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < at,
	);
	if (twice !== undefined) throw unsupported(`files with two columns ${twice} in COPY INTO`);
	const columns = names.map((name, at) => ({ name, type: STRING, physical: `f${at}` }));
	const definitions = columns.map(({ physical }) => `${physical} VARCHAR`).join(', ');
	await transaction.run(`CREATE OR REPLACE TEMP TABLE "copied" (${definitions})`);
	const values = columns.map((_column, at) => `"record"->>${at}`).join(', ');
	for (let start = 0; start < records.length; start += 10_000) {
		await transaction.run(
			`INSERT INTO temp.main."copied" SELECT ${values}
				FROM (SELECT unnest(CAST($1 AS JSON[])) AS "record")`,
			[JSON.stringify(records.slice(start, start + 10_000))],
		);
	}
	return { sql: 'temp.main."copied"', columns };
}

async function textOf({ path, realPath }: VolumeFile): Promise<string> {
	const bytes = await readFile(realPath);
	const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
	} catch {
		throw unsupported(`the file ${path}, which is no UTF-8`);
	}
}

const folderOf = ([first]: readonly VolumeFile[]) => first?.path.replace(/\/[^/]*$/, '') ?? '';
