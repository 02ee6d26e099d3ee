import type { IDataObject } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { fieldsOf } from '../n8n/nodeError';
import type { Found, Sighting } from './step';

/** What a poll asks of jobs or pipelines. */
export interface Look {
	/** Epoch ms: runs that started since then are read. */
	fromMs: number;
	/** Runs to read wherever they are. */
	openIds: readonly string[];
	/** Whether this end of a run is known already. */
	isKnownEnd: (id: string, endMs: number) => boolean;
}

/** Jobs or pipelines, as the trigger watches them. */
export interface Source {
	look: (look: Look) => Promise<Sighting[]>;
	/** The newest tries first, for a test of the workflow. */
	newest: () => AsyncIterable<Sighting>;
	itemOf: (found: Found) => Promise<IDataObject>;
}

/** What is watched: all, some by id, or those with a name or tag. */
export interface Selection {
	ids?: readonly string[];
	/** Text with `*` for any text. */
	namePattern?: string;
	tag?: { key: string; value?: string };
}

/** Whether a name fits a pattern with `*`; case does not matter. */
export function fitsPattern(name: string, pattern: string): boolean {
	const source = pattern
		.split('*')
		.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('.*');
	return new RegExp(`^${source}$`, 'is').test(name);
}

export function hasTag(
	tags: Readonly<Record<string, unknown>> | undefined,
	tag: NonNullable<Selection['tag']>,
): boolean {
	if (tags === undefined || !Object.hasOwn(tags, tag.key)) return false;
	return tag.value === undefined || String(tags[tag.key]) === tag.value;
}

/** The cause of a failure as fields of an item; one that cannot be read loses no event. */
export async function causeItem(reading: () => Promise<DatabricksError>): Promise<IDataObject> {
	const cause = await reading().catch(async (error: unknown) => {
		const isAnswer = error instanceof DatabricksError && error.status !== undefined;
		return isAnswer ? error : await Promise.reject<DatabricksError>(error);
	});
	return { error: cause.message, hint: cause.hint ?? null, ...fieldsOf(cause) };
}
