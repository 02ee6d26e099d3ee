import { Readable } from 'node:stream';
import { type NamedColumn, namedColumns, rowReader } from '../databricks/sql/columnTypes';
import { csvLine } from '../databricks/sql/csvBytes';
import { arrowBytes } from '../databricks/sql/statementArrow';
import { csvBytes } from '../databricks/sql/statementCsv';
import { type Row, rows } from '../databricks/sql/statementRows';
import type { Workspace } from '../databricks/workspace';
import type { ResultSettings } from './runSettings';
import type { Run } from './session';

export type FileFormat = 'arrow' | 'csv' | 'json' | 'jsonl';

export const fileFormats: readonly FileFormat[] = ['arrow', 'csv', 'json', 'jsonl'];

export const mimeTypes: Readonly<Record<FileFormat, string>> = {
	arrow: 'application/vnd.apache.arrow.stream',
	csv: 'text/csv',
	json: 'application/json',
	jsonl: 'application/x-ndjson',
};

/** The rows of a result as a file that is written while they come; held is only what is on its way. */
export function resultFile(
	workspace: Workspace,
	run: Run,
	format: FileFormat,
	settings: ResultSettings,
): Readable {
	const { deadlineMs, statement } = run;
	const { chunksInFlight } = settings;
	if (format === 'arrow') {
		return fileOf(arrowBytes(workspace, statement, { deadlineMs, chunksInFlight }));
	}
	const columns = namedColumns(statement.manifest?.schema.columns ?? []);
	if (format === 'csv') {
		const head = csvLine(columns.map(({ name }) => name));
		return fileOf(headed(head, csvBytes(workspace, statement, { deadlineMs, chunksInFlight })));
	}
	const write = writers[format](columns, settings);
	async function* texts() {
		if (write.head !== '') yield Buffer.from(write.head);
		for await (const piece of rows(workspace, statement, { deadlineMs, chunksInFlight })) {
			yield Buffer.from(write.rows(piece.rows, piece.rowOffset === 0));
		}
		if (write.tail !== '') yield Buffer.from(write.tail);
	}
	return fileOf(texts());
}

async function* headed(head: string, rest: AsyncIterable<Uint8Array>) {
	yield Buffer.from(head);
	yield* rest;
}

function fileOf(bytes: AsyncIterable<Uint8Array>): Readable {
	return Readable.from(bytes, { objectMode: false, highWaterMark: 65_536 });
}

interface Writer {
	head: string;
	rows(rows: readonly Row[], isFirst: boolean): string;
	tail: string;
}

const writers: Readonly<
	Record<
		Exclude<FileFormat, 'arrow' | 'csv'>,
		(columns: readonly NamedColumn[], settings: ResultSettings) => Writer
	>
> = {
	jsonl: (columns, { typing }) => {
		const read = rowReader(columns, typing);
		return {
			head: '',
			rows: (list) => list.map((row) => `${JSON.stringify(read(row))}\n`).join(''),
			tail: '',
		};
	},
	json: (columns, { typing }) => {
		const read = rowReader(columns, typing);
		return {
			head: '[',
			rows: (list, isFirst) =>
				`${isFirst ? '\n' : ',\n'}${list.map((row) => JSON.stringify(read(row))).join(',\n')}`,
			tail: '\n]\n',
		};
	},
};
