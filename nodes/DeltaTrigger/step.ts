import { z } from 'zod/v4';

/** What a trigger remembers: everything up to this version of this table has been handed over. */
export interface Cursor {
	/** Name of the table, so that a trigger whose table was changed starts anew. */
	table: string;
	/** Stays the same for as long as the table is not dropped and made anew. */
	tableId: string;
	version: number;
}

const cursorSchema = z.object({
	table: z.string(),
	tableId: z.string(),
	version: z.number().int().min(-1),
});

/** Reads what was remembered; nothing when it is missing or not of this form. */
export function readCursor(stored: unknown): Cursor | undefined {
	const result = cursorSchema.safeParse(stored);
	return result.success ? result.data : undefined;
}

/** The table as the workspace describes it at the moment of a poll. */
export interface TableState {
	table: string;
	tableId: string;
	latestVersion: number;
}

/** What a poll has to do. */
export type Step =
	/** Remember the present version; hand nothing over. */
	| { kind: 'baseline'; cursor: Cursor }
	| { kind: 'nothingNew' }
	/** Read the versions from `first` to `last`; when read, remember the version that was reached. */
	| { kind: 'read'; first: number; last: number; tableId: string }
	/** The table is another one under the same name. */
	| { kind: 'recreated'; cursor: Cursor };

/**
 * Decides what a poll does, from what is remembered and how the table is now. The last version is
 * fixed here: commits that come while the changes are read are left to the next poll.
 */
export function stepOf(
	cursor: Cursor | undefined,
	now: TableState,
	options: { startOver: boolean },
): Step {
	const { table, tableId, latestVersion } = now;
	const present = { table, tableId, version: latestVersion };
	if (cursor === undefined || cursor.table !== table) return { kind: 'baseline', cursor: present };
	const isRecreated = cursor.tableId !== tableId || latestVersion < cursor.version;
	if (isRecreated && options.startOver)
		return { kind: 'read', first: 0, last: latestVersion, tableId };
	if (isRecreated) return { kind: 'recreated', cursor };
	if (latestVersion === cursor.version) return { kind: 'nothingNew' };
	return { kind: 'read', first: cursor.version + 1, last: latestVersion, tableId };
}
