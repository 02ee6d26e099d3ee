import { SqlError, unsupported } from '../sql/sqlError';
import { type SqlType } from '../sql/sqlType';
import { parseType } from '../sql/types/typeReader';
import { sqlName } from '../sql/stringLiteral';
import type { Transaction } from './database';
import { pathList, type FileRows } from './fileRows';

const sparkNames: Record<string, string> = {
	BOOLEAN: 'BOOLEAN',
	TINYINT: 'TINYINT',
	SMALLINT: 'SMALLINT',
	INTEGER: 'INT',
	BIGINT: 'BIGINT',
	FLOAT: 'FLOAT',
	DOUBLE: 'DOUBLE',
	VARCHAR: 'STRING',
	BLOB: 'BINARY',
	DATE: 'DATE',
	TIMESTAMP: 'TIMESTAMP_NTZ',
	'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
};

/** The columns of Parquet files; all of them must have the same ones. */
export async function parquetFields(
	transaction: Transaction,
	paths: readonly string[],
): Promise<FileRows> {
	if (paths.length === 0) throw unsupported('STREAM read_files of Parquet with nothing new');
	const from = `read_parquet(${pathList(paths)}, filename = true)`;
	const rows = await transaction
		.rows(`DESCRIBE SELECT * EXCLUDE ("filename") FROM ${from}`)
		.catch((error: unknown) => {
			throw footerError(error) ?? error;
		});
	const fields = rows.map(([name, type]) => {
		const column = `"file".${sqlName(name ?? '')}`;
		const isMoment = type === 'TIMESTAMP WITH TIME ZONE';
		const sql = isMoment ? `(${column} AT TIME ZONE 'UTC')` : column;
		return { name: name ?? '', type: sparkType(name ?? '', type ?? ''), sql };
	});
	return { from, fields };
}

/** What Spark says of a file that has no Parquet footer; its path as a volume has it. */
function footerError(error: unknown): SqlError | undefined {
	const message = error instanceof Error ? error.message : '';
	if (!/No magic bytes|too small to be a Parquet file/.test(message)) return undefined;
	const path = /'[^']*\/volumes\/([^']+)'/.exec(message)?.[1] ?? '';
	return new SqlError(
		'CANNOT_READ_FILE_FOOTER',
		'KD001',
		`Could not read footer for file: dbfs:/Volumes/${path}. Please ensure that the file is in either ORC or Parquet format. If not, please convert it to a valid format. If the file is in the valid format, please check if it is corrupt. If it is, you can choose to either ignore it or fix the corruption.`,
	);
}

function sparkType(name: string, type: string): SqlType {
	if (/^DECIMAL\(\d+,\d+\)$/.test(type)) return parseType(type);
	const known = sparkNames[type];
	if (known === undefined) throw unsupported(`the Parquet column ${name} of DuckDB's type ${type}`);
	return parseType(known);
}
