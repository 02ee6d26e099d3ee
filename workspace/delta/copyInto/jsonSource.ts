import type { JsonNode } from '../../sql/json/nodes';
import { jsonType } from '../../sql/json/schema';
import type { Relation } from '../../sql/scope';
import type { SqlType } from '../../sql/sqlType';
import type { Context } from '../context';
import { fileText } from '../fileText';
import { jsonRecords, type JsonRecord } from '../jsonRecords';
import type { VolumeFile } from '../volumeFiles';
import { copiedRelation, type TextValue } from './copied';
import { folderOf, noFiles } from './files';

export interface JsonSettings {
	/** Whether a file is one value, over as many lines as it takes, instead of one on each line. */
	multiLine: boolean;
	/** Whether numbers and booleans stay the texts that they are. */
	scalarsAreTexts: boolean;
}

/** The rows of JSON files, in which an array is a row for each object in it. */
export async function jsonSource(
	context: Context,
	files: readonly VolumeFile[],
	settings: JsonSettings,
): Promise<Relation> {
	const read: { file: VolumeFile; records: JsonRecord[] }[] = [];
	for (const file of files) {
		read.push({ file, records: jsonRecords(await fileText(file), settings.multiLine, file.path) });
	}
	const records = read.flatMap((one) => one.records);
	const type = jsonType(records, settings.scalarsAreTexts);
	if (type?.kind !== 'struct') throw noFiles('JSON', folderOf(files));
	const copied = read.map(({ file, records: own }) => ({
		file,
		rows: own.map((record) =>
			type.fields.map((field) => textValue(record.members.get(field.name), field.type)),
		),
	}));
	return await copiedRelation(context, type.fields, copied);
}

/** A value by its type; what is no text where a text is wanted is its JSON, as it stands in the file. */
function textValue(node: JsonNode | undefined, type: SqlType): TextValue {
	if (node === undefined || node.kind === 'null' || holdsEmptyText(node, type)) return null;
	if (type.kind === 'array' && node.kind === 'array') {
		return node.items.map((item) => textValue(item, type.element));
	}
	if (type.kind === 'struct' && node.kind === 'object') {
		return Object.fromEntries(
			type.fields.map(({ name, type: own }) => [name, textValue(node.members.get(name), own)]),
		);
	}
	return node.text;
}

/**
 * Whether it is an empty text where none is wanted, or has one as an element: such a field is NULL as a
 * whole (measured with Spark 4.1). A struct is not, only its own field.
 */
function holdsEmptyText(node: JsonNode, type: SqlType): boolean {
	if (type.kind === 'array' && node.kind === 'array') {
		return node.items.some((item) => holdsEmptyText(item, type.element));
	}
	return node.kind === 'string' && node.text === '' && type.kind !== 'string';
}
