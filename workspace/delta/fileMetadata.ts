import type { Column } from '../sql/scope';
import { BIGINT, duckdbType, STRING, TIMESTAMP } from '../sql/sqlType';
import { sqlString } from '../sql/stringLiteral';
import type { VolumeFile } from './volumeFiles';

/** What every row that is read from files has beside its own columns. `SELECT *` leaves it out. */
export const metadataColumn: Column = {
	name: '_metadata',
	type: {
		kind: 'struct',
		fields: [
			{ name: 'file_path', type: STRING },
			{ name: 'file_name', type: STRING },
			{ name: 'file_size', type: BIGINT },
			{ name: 'file_modification_time', type: TIMESTAMP },
		],
	},
	nullable: false,
	hidden: true,
};

/** The same beside columns of files, one of which may have its name and then stands for it. */
export function metadataBeside(columns: readonly { name: string }[]): Column[] {
	return columns.some(({ name }) => name.toLowerCase() === '_metadata') ? [] : [metadataColumn];
}

/** The metadata of a file as a value. */
export function metadataOf({ path, sizeBytes, modifiedMs }: VolumeFile): string {
	const name = path.slice(path.lastIndexOf('/') + 1);
	// Spark shows a file of a volume with its scheme.
	return `struct_pack("file_path" := ${sqlString(`dbfs:${path}`)}, "file_name" := ${sqlString(name)},
		"file_size" := ${sizeBytes}::BIGINT, "file_modification_time" := make_timestamp(${modifiedMs} * 1000))`;
}

/**
 * A FROM item of expressions over the rows "file", which have the real path of their file in `filename`,
 * with the metadata of the file.
 */
export function withMetadata(
	list: readonly string[],
	from: string,
	files: readonly VolumeFile[],
): string {
	return `(SELECT ${[...list, '"known"."_metadata"'].join(', ')}
		FROM ${from} AS "file" JOIN ${fileList(files)} AS "known"
		ON "known"."real_path" = "file"."filename")`;
}

function fileList(files: readonly VolumeFile[]): string {
	if (files.length === 0) {
		const type = duckdbType(metadataColumn.type);
		return `(SELECT '' AS "real_path", NULL::${type} AS "_metadata" WHERE FALSE)`;
	}
	const rows = files.map((file) => `(${sqlString(file.realPath)}, ${metadataOf(file)})`);
	return `(SELECT * FROM (VALUES ${rows.join(', ')}) "file"("real_path", "_metadata"))`;
}
