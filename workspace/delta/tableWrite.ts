import { latestCommit, writeCommit, type CommitDraft } from './commits';
import type { Context } from './context';
import type { SqlResult } from './session';
import { BIGINT } from '../sql/sqlType';
import { firstVersionAfter } from './retention';
import type { StoredTable } from './storedTable';

/** The table as its next version will leave it; rows and state are changed on this copy. */
export function nextVersion(table: StoredTable): StoredTable {
	return { ...structuredClone(table), version: table.version + 1 };
}

export type WriteDraft = Omit<CommitDraft, 'files'> & {
	/** What the write does to the number of files the table would have, or that number. */
	files: 'append' | 'one' | 'none' | 'same' | number;
	/** Whether the table itself changed: columns, properties, constraints. */
	stateChanged?: boolean;
};

/** Ends a write: the commit and the table as it is now, in the transaction of the rows. */
export async function commitWrite(
	context: Context,
	table: StoredTable,
	draft: WriteDraft,
): Promise<void> {
	const { transaction, nowMs } = context;
	const { user } = context.session;
	const before = (await latestCommit(transaction, table.storage))?.files ?? 0;
	const effects = { append: before + 1, one: 1, none: 0, same: before };
	const files = typeof draft.files === 'number' ? draft.files : effects[draft.files];
	const changed = draft.stateChanged === true || table.version === 0;
	await writeCommit(
		transaction,
		table,
		{ ...draft, files },
		{
			user,
			nowMs,
			...(changed ? { state: table.state } : {}),
		},
	);
	const firstVersion = await firstVersionAfter(transaction, table, nowMs);
	await context.objects.putTable({ ...table, firstVersion, updatedAtMs: nowMs, updatedBy: user });
}

/** The answer of a statement that has nothing to show. */
export function done(statementType: string): SqlResult {
	return { columns: [], rows: [], statementType };
}

/** The answer of a statement that changes rows: one row of counts, as a SQL warehouse gives it. */
export function counts(statementType: string, values: Record<string, number>): SqlResult {
	return {
		columns: Object.keys(values).map((name) => ({ name, type: BIGINT, nullable: true })),
		rows: [Object.values(values).map(String)],
		statementType,
	};
}
