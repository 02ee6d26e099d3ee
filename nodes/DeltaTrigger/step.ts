import { z } from 'zod/v4';
import { type Position, positionSchema } from '../databricks/delta/feedPosition';

/** Where a trigger begins that has nothing to go on from. */
export type Start =
	| { kind: 'now' }
	/** The first version whose changes are handed over. */
	| { kind: 'version'; version: number }
	| { kind: 'moment'; ms: number }
	/** What is in the table, and then its changes. */
	| { kind: 'everything' };

/** The start as it is remembered, so that another one takes effect. */
export function startText(start: Start): string {
	if (start.kind === 'version') return `version ${start.version}`;
	return start.kind === 'moment' ? `moment ${start.ms}` : start.kind;
}

const cursorSchema = z.object({
	/** Name of the table, so that a trigger whose table was changed starts anew. */
	table: z.string(),
	/** Stays the same for as long as the table is not dropped and made anew. */
	tableId: z.string(),
	/** The start that was chosen when it was used. */
	start: z.string(),
	/** Everything up to here has been handed over. */
	position: positionSchema,
});

/** What a trigger remembers. */
export type Cursor = z.output<typeof cursorSchema>;

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
	/** Nothing to go on from, or another start was chosen. */
	| { kind: 'begin' }
	| { kind: 'nothingNew' }
	/** Read what comes after a position, up to a version. */
	| { kind: 'read'; from: Position; last: number }
	/** The table is another one under the same name. */
	| { kind: 'recreated' };

/**
 * Decides what a poll does, from what is remembered and how the table is now. The last version is
 * fixed here: commits that come while the changes are read are left to the next poll. A table that
 * was renamed is the same one as long as its ID is. Going back to 'From Now On' keeps the place.
 */
export function stepOf(cursor: Cursor | undefined, now: TableState, start: Start): Step {
	const { table, tableId, latestVersion } = now;
	if (cursor === undefined) return { kind: 'begin' };
	const isSameTable = cursor.tableId === tableId;
	if (cursor.table !== table && !isSameTable) return { kind: 'begin' };
	if (start.kind !== 'now' && cursor.start !== startText(start)) return { kind: 'begin' };
	const { position } = cursor;
	const needed = position.within === undefined ? position.version : position.version + 1;
	if (!isSameTable || latestVersion < needed) return { kind: 'recreated' };
	if (position.within === undefined && latestVersion === position.version) {
		return { kind: 'nothingNew' };
	}
	return { kind: 'read', from: position, last: latestVersion };
}
