import type { Relation } from '../../sql/scope';
import { unsupported } from '../../sql/sqlError';
import { STRING } from '../../sql/sqlType';
import type { Context } from '../context';
import { metadataBeside, withMetadata } from '../fileMetadata';
import { parquetFields } from '../readParquet';
import type { VolumeFile } from '../volumeFiles';
import { isTrue, type CopyClauses, type CopyFormat } from './clauses';
import { copiedRelation } from './copied';
import { csvSource } from './csvSource';
import { fileText } from '../fileText';
import { jsonSource } from './jsonSource';

type Options = Record<string, string>;
type Read = (context: Context, files: readonly VolumeFile[], options: Options) => Promise<Relation>;

const readers: Readonly<Record<CopyFormat, Read>> = {
	CSV: csv,
	JSON: json,
	PARQUET: parquet,
	TEXT: text,
};

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
	TEXT: ['wholeText', 'encoding'],
};

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
	isSet(options, 'mergeSchema');
	return await readers[format](context, files, options);
}

const isSet = (options: Options, name: string) => isTrue(options[name] ?? 'false');

async function csv(
	context: Context,
	files: readonly VolumeFile[],
	options: Options,
): Promise<Relation> {
	if (isSet(options, 'inferSchema')) throw unsupported('inferSchema of CSV in COPY INTO');
	const delimiter = options.delimiter ?? options.sep ?? ',';
	const escape = options.escape ?? '\\';
	if (delimiter.length !== 1 || !['\\', '"'].includes(escape) || (options.quote ?? '"') !== '"') {
		throw unsupported('CSV with a delimiter of several characters, or other quotes or escapes');
	}
	return await csvSource(context, files, {
		delimiter,
		escape,
		nullValue: options.nullValue ?? '',
		multiLine: isSet(options, 'multiLine'),
		hasHeader: isSet(options, 'header'),
	});
}

async function json(
	context: Context,
	files: readonly VolumeFile[],
	options: Options,
): Promise<Relation> {
	return await jsonSource(context, files, {
		multiLine: isSet(options, 'multiLine'),
		scalarsAreTexts: isSet(options, 'primitivesAsString'),
	});
}

async function parquet(context: Context, files: readonly VolumeFile[]): Promise<Relation> {
	const paths = files.map(({ realPath }) => realPath);
	const { from, fields } = await parquetFields(context.transaction, paths);
	const list = fields.map(({ sql }, at) => `${sql} AS f${at}`);
	return {
		sql: withMetadata(list, from, files),
		columns: [
			...fields.map(({ name, type }, at) => ({ name, type, physical: `f${at}` })),
			...metadataBeside(fields),
		],
	};
}

/** One column `value`: a row for each line, an empty one too, or for each file that is not empty. */
async function text(
	context: Context,
	files: readonly VolumeFile[],
	options: Options,
): Promise<Relation> {
	const whole = isSet(options, 'wholeText');
	const copied = [];
	for (const file of files) {
		const content = await fileText(file);
		const lines = whole || content === '' ? [content] : content.split(/\r\n|\n|\r/);
		// What stands behind the last line break is a line only when there is something.
		if (lines.at(-1) === '') lines.pop();
		copied.push({ file, rows: lines.map((line) => [line]) });
	}
	return await copiedRelation(context, [{ name: 'value', type: STRING }], copied);
}
