import type { Relation } from '../../sql/scope';
import { unsupported } from '../../sql/sqlError';
import { STRING } from '../../sql/sqlType';
import type { Context } from '../context';
import type { VolumeFile } from '../volumeFiles';
import { copiedRelation, type CopiedRows } from './copied';
import { csvRecords, type CsvDialect, type TextRecord } from './csvTexts';
import { folderOf, noFiles } from './files';
import { fileText } from '../fileText';

export interface CsvSettings extends CsvDialect {
	/** Whether the first line has the names of the fields, which are `_c0`, `_c1` … otherwise. */
	hasHeader: boolean;
}

/** The rows of CSV files as texts. All files must have the same fields. */
export async function csvSource(
	context: Context,
	files: readonly VolumeFile[],
	{ hasHeader, ...dialect }: CsvSettings,
): Promise<Relation> {
	let names: string[] | undefined;
	const copied: CopiedRows[] = [];
	for (const file of files) {
		const rows = csvRecords(await fileText(file), dialect, file.path);
		const head = hasHeader ? rows.shift() : rows[0];
		if (head === undefined) continue;
		const own = hasHeader ? namesOf(head) : head.map((_field, at) => `_c${at}`);
		names ??= own;
		if (own.join('\u0000') !== names.join('\u0000')) {
			throw unsupported(`CSV files with other columns: ${file.path}`);
		}
		const width = names.length;
		if (rows.some((row) => row.length !== width)) {
			throw unsupported(`lines with more or fewer fields than the first one: ${file.path}`);
		}
		copied.push({ file, rows });
	}
	if (names === undefined) throw noFiles('CSV', folderOf(files));
	const columns = names.map((name) => ({ name, type: STRING }));
	return await copiedRelation(context, columns, copied);
}

/** Names that are missing or come twice get their places (measured with Spark 4.1). */
function namesOf(head: TextRecord): string[] {
	const names = head.map((name) => (name ?? '').toLowerCase());
	return head.map((name, at) => {
		if (name === null || name === '') return `_c${at}`;
		const comes = names.filter((other) => other === names[at]).length;
		return comes > 1 ? `${name}${at}` : name;
	});
}
