import { z } from 'zod';
import { listenOn } from '../../../workspace/listen';

const itemSchema = z.object({ id: z.number(), _event_id: z.string() }).passthrough();

/** Where the workflow does its work: it keeps the items that reach it, and answers with them. */
export interface WorkSink {
	url: string;
	/** How often each row was processed, by its ID. */
	readonly done: ReadonlyMap<number, number>;
	/** Event IDs by row; a repeat must carry the same one. */
	readonly events: ReadonlyMap<number, ReadonlySet<string>>;
	close(): Promise<void>;
}

export async function openWorkSink(): Promise<WorkSink> {
	const done = new Map<number, number>();
	const events = new Map<number, Set<string>>();
	const listener = await listenOn(async (request) => {
		const text = await request.text();
		const { id, _event_id: event } = itemSchema.parse(JSON.parse(text));
		done.set(id, (done.get(id) ?? 0) + 1);
		events.set(id, (events.get(id) ?? new Set()).add(event));
		return new Response(text, { headers: { 'content-type': 'application/json' } });
	}, 0);
	return { url: listener.url, done, events, close: async () => await listener.close() };
}
