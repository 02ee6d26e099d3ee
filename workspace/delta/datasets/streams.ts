import type { Relation } from '../../sql/scope';
import { SqlError } from '../../sql/sqlError';
import type { Context } from '../context';
import { queryColumns, rowsAt, storageTable } from '../rowVersions';
import { fullName, type StoredTable } from '../storedTable';
import type { StreamReader } from '../streamReader';

/**
 * What a streaming table has read of its sources: a version of a table, the names of files. It is
 * kept with the target and moves in the transaction that writes what was read.
 */
export class Checkpoint implements StreamReader {
	private readonly versions = new Map<string, { id: string; version: number }>();
	private readonly files: { source: string; path: string }[] = [];

	constructor(
		private readonly context: Context,
		private readonly target: StoredTable,
	) {}

	/** Whether the query read anything as a stream. */
	get isStream(): boolean {
		return this.reads > 0;
	}

	private reads = 0;

	/** Whether files were left for the next batch. */
	leftFiles = false;

	/**
	 * The rows of a table that are new since the last time, or all of them the first time.
	 * @throws SqlError when rows were changed or deleted since, or the table is another one now
	 */
	async table(source: StoredTable): Promise<Relation> {
		this.reads += 1;
		const columns = queryColumns(source.state);
		const name = fullName(source);
		const [row] = await this.context.transaction.rows(
			`SELECT source_id, version FROM lakehouse_state.stream_positions
				WHERE target = $1 AND source = $2`,
			[this.target.storage, name],
		);
		this.versions.set(name, { id: source.id, version: source.version });
		if (row === undefined) return { sql: rowsAt(source), columns };
		const [id, version] = [row[0], Number(row[1])];
		if (id !== source.id) {
			const text = `The streaming query was reading from an unexpected Delta table (id = '${source.id}').\nIt used to read from another Delta table (id = '${id}') according to checkpoint. Run a full refresh.`;
			throw new SqlError('DIFFERENT_DELTA_TABLE_READ_BY_STREAMING_SOURCE', '55019', text);
		}
		await this.mustOnlyGrow(source, version);
		return {
			sql: `(SELECT * FROM ${storageTable(source)} WHERE "__from" > ${version})`,
			columns,
		};
	}

	async newFiles(source: string, files: string[], limit: number): Promise<string[]> {
		this.reads += 1;
		const rows = await this.context.transaction.rows(
			'SELECT path FROM lakehouse_state.stream_files WHERE target = $1 AND source = $2',
			[this.target.storage, source],
		);
		const read = new Set(rows.map(([path]) => path));
		const unread = files.filter((path) => !read.has(path));
		const fresh = unread.slice(0, limit);
		if (fresh.length < unread.length) this.leftFiles = true;
		for (const path of fresh) this.files.push({ source, path });
		return fresh;
	}

	/** Remembers what was read. */
	async advance(): Promise<void> {
		const { transaction } = this.context;
		const target = this.target.storage;
		for (const [source, { id, version }] of this.versions) {
			await transaction.run(
				'DELETE FROM lakehouse_state.stream_positions WHERE target = $1 AND source = $2',
				[target, source],
			);
			await transaction.run(
				'INSERT INTO lakehouse_state.stream_positions VALUES ($1, $2, $3, $4)',
				[target, source, id, version],
			);
		}
		if (this.files.length === 0) return;
		await transaction.run(
			`INSERT INTO lakehouse_state.stream_files
				SELECT $1, "file"->>'source', "file"->>'path'
				FROM (SELECT unnest(CAST($2 AS JSON[])) AS "file")`,
			[target, JSON.stringify(this.files)],
		);
	}

	/** Forgets everything: the next read begins anew. */
	async reset(): Promise<void> {
		for (const name of ['stream_positions', 'stream_files']) {
			const sql = `DELETE FROM lakehouse_state.${name} WHERE target = $1`;
			await this.context.transaction.run(sql, [this.target.storage]);
		}
	}

	private async mustOnlyGrow(source: StoredTable, version: number): Promise<void> {
		const [ended] = await this.context.transaction.row(
			`SELECT min("__to") FROM ${storageTable(source)} WHERE "__to" > ${version}`,
		);
		if (ended === null || ended === undefined) return;
		const text = `Detected a data update in the source table ${fullName(source)} at version ${ended}. This is currently not supported in a stream, which only takes rows that are added. Run a full refresh of the streaming table.`;
		throw new SqlError('DELTA_SOURCE_TABLE_IGNORE_CHANGES', '0A000', text);
	}
}
