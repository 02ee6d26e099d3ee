import { z } from 'zod/v4';

/**
 * A place among the rows of a version: after `taken` rows with this rank and key. Ranks and keys are
 * those that changeFeed.ts orders by.
 */
const withinSchema = z.object({
	rows: z.enum(['changes', 'snapshot']),
	rank: z.number().int().min(0),
	key: z.string(),
	taken: z.number().int().min(0),
});

/**
 * How far a reader has come: everything up to and including `version`, and of the version after it
 * the rows before `within`. A snapshot is the whole content of the version after `version`.
 */
export const positionSchema = z.object({
	version: z.number().int().min(-1),
	within: withinSchema.optional(),
});

export type Position = z.output<typeof positionSchema>;
export type Within = z.output<typeof withinSchema>;

/** Before the first row of the content of a version. */
export function startOfSnapshot(version: number): Position {
	return { version: version - 1, within: { rows: 'snapshot', rank: 0, key: '', taken: 0 } };
}

/** Whether two places are the same one. */
export function isSamePosition(a: Position, b: Position): boolean {
	return JSON.stringify(positionSchema.parse(a)) === JSON.stringify(positionSchema.parse(b));
}

/** The place as people read it. */
export function positionText({ version, within }: Position): string {
	if (within === undefined) return `version ${version}`;
	return within.rows === 'snapshot'
		? `inside the content of version ${version + 1}`
		: `inside version ${version + 1}`;
}
