import { namedColumns, rowReader } from '../databricks/columnTypes';
import { DatabricksError } from '../databricks/errors';
import { quoteTableName, quoteText } from '../databricks/quoting';
import { rows } from '../databricks/statementRows';
import { runStatement } from '../databricks/statements';
import type { Workspace } from '../databricks/workspace';

export type ChangeType = 'insert' | 'update_preimage' | 'update_postimage' | 'delete';

/** A row of the change feed: the columns of the table and `_change_type`, `_commit_version`, `_commit_timestamp`. */
export type Change = Record<string, unknown>;

export interface Feed {
	workspace: Workspace;
	warehouseId: string;
	table: readonly [string, string, string];
	/** Epoch ms. */
	deadlineMs: number;
	decimalsAsNumbers: boolean;
}

/** The newest version of the table. Reads the log only, not the data. */
export async function latestVersion(feed: Feed): Promise<number> {
	const history = `DESCRIBE HISTORY ${quoteTableName(feed.table)} LIMIT 1`;
	for await (const { version } of query(feed, history)) {
		if (typeof version === 'number') return version;
	}
	throw new DatabricksError({
		kind: 'unexpectedAnswer',
		message: `The history of ${feed.table.join('.')} has no version.`,
		hint: 'Choose a Delta table; views have no history.',
	});
}

/** The changes of the versions from `first` to `last`, both included, in the order of versions. */
export function changes(
	feed: Feed,
	first: number,
	last: number,
	options: { types: readonly ChangeType[]; newestFirst?: boolean; limit?: number },
): AsyncGenerator<Change, void, undefined> {
	const types = options.types.map(quoteText).join(', ');
	const direction = options.newestFirst ? 'DESC' : 'ASC';
	const limit = options.limit === undefined ? '' : ` LIMIT ${Math.trunc(options.limit)}`;
	return query(
		feed,
		`SELECT * FROM ${tableChanges(feed, first, last)} WHERE _change_type IN (${types}) ORDER BY _commit_version ${direction}${limit}`,
	);
}

/** Whether the feed can be read at a version; throws what Databricks says when it cannot. */
export async function probe(feed: Feed, version: number): Promise<void> {
	const text = `SELECT _commit_version FROM ${tableChanges(feed, version, version)} LIMIT 1`;
	for await (const row of query(feed, text)) void row;
}

/** `table_changes` takes a text literal and no parameter marker; the name in it is quoted first. */
function tableChanges(feed: Feed, first: number, last: number): string {
	const name = quoteText(quoteTableName(feed.table));
	return `table_changes(${name}, ${Math.trunc(first)}, ${Math.trunc(last)})`;
}

async function* query(feed: Feed, text: string): AsyncGenerator<Change, void, undefined> {
	const { workspace, warehouseId, deadlineMs, decimalsAsNumbers } = feed;
	const statement = await runStatement(workspace, { warehouseId, statement: text }, { deadlineMs });
	const columns = namedColumns(statement.manifest?.schema.columns ?? []);
	const read = rowReader(columns, { decimalsAsNumbers });
	for await (const piece of rows(workspace, statement, { deadlineMs })) {
		for (const row of piece.rows) yield read(row);
	}
}

const gapClasses = [
	'DELTA_MISSING_CHANGE_DATA',
	'DELTA_VERSION_NOT_FOUND',
	'DELTA_LOG_FILE_NOT_FOUND',
	'DELTA_TRUNCATED_TRANSACTION_LOG',
	'DELTA_NO_RECREATABLE_HISTORY_FOUND',
	'DELTA_FILE_NOT_FOUND',
	'FAILED_READ_FILE',
	'DELTA_CHANGE_DATA_FEED_INCOMPATIBLE',
	'DELTA_CHANGELOG_',
];

/** Says what a refused read of the feed means for a trigger, and what to do about it. */
export function explained(error: unknown, feed: Feed, from: number | undefined): unknown {
	if (!(error instanceof DatabricksError)) return error;
	const code = error.errorCode ?? '';
	const table = feed.table.join('.');
	if (code.startsWith('DELTA_MISSING_CHANGE_DATA') && from === undefined) {
		return error.with({
			message: `The table ${table} does not record its changes.`,
			hint: `Turn the change data feed on: ALTER TABLE ${quoteTableName(feed.table)} SET TBLPROPERTIES (delta.enableChangeDataFeed = true). Changes from then on are handed over.`,
		});
	}
	if (from !== undefined && gapClasses.some((gap) => code.startsWith(gap))) {
		return error.with({
			message: `The changes of ${table} from version ${from} on can no longer be read: ${error.message}`,
			hint: 'The change feed was off for a while, the schema changed, or old versions were cleaned up. Read the table itself for what is missing, then make a new trigger node to start from the present version.',
		});
	}
	return error;
}
