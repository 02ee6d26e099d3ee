import { z } from 'zod';

/** One planned misbehaviour of the server. */
export const faultSchema = z
	.object({
		/** HTTP method; any when left out. */
		method: z.string().toUpperCase().optional(),
		/** Path with `*` for any text, for example `/api/2.2/jobs/run-now` or `/api/2.0/fs/*`. */
		path: z.string(),
		/** Answer with this status and `body` instead of the real answer. */
		status: z.number().int().min(100).max(599).optional(),
		/** Body of that answer: an object is sent as JSON, a text as HTML. */
		body: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
		/** `Retry-After` of that answer: seconds, or an HTTP date. */
		retryAfter: z.union([z.number(), z.string()]).optional(),
		/** Cut the connection without an answer. */
		reset: z.boolean().optional(),
		/** Send half of the real answer, then cut the connection. */
		truncate: z.boolean().optional(),
		/** Send the real answer with its JSON broken. */
		malformed: z.boolean().optional(),
		/** Wait this long, by the workspace's clock: before anything else, or after the effect. */
		delayMs: z.number().nonnegative().optional(),
		/** How many matching requests misbehave; 1 unless told, 0 means all. */
		times: z.number().int().nonnegative().default(1),
		/** How many matching requests pass unharmed first. */
		skip: z.number().int().nonnegative().default(0),
		/** Whether the request takes effect first (`after`) or not at all (`before`). */
		when: z.enum(['before', 'after']).default('before'),
	})
	.strict();
export type Fault = z.output<typeof faultSchema>;
export type FaultSpec = z.input<typeof faultSchema>;

/** The faults of one workspace, in the order given. */
export class FaultList {
	private planned: { fault: Fault; pattern: RegExp; seen: number; hits: number }[] = [];

	/** Throws ZodError when the fault is not one. */
	add(spec: FaultSpec): void {
		const fault = faultSchema.parse(spec);
		const source = fault.path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
		this.planned.push({ fault, pattern: new RegExp(`^${source.join('.*')}/?$`), seen: 0, hits: 0 });
	}

	clear(): void {
		this.planned = [];
	}

	/** The faults still planned, with how often each has struck. */
	list(): { fault: Fault; hits: number }[] {
		return this.planned.map(({ fault, hits }) => ({ fault, hits }));
	}

	/** The fault that strikes this request, counted as used. */
	take(method: string, path: string): Fault | undefined {
		for (const entry of this.planned) {
			const { fault, pattern } = entry;
			if (fault.method !== undefined && fault.method !== method) continue;
			if (!pattern.test(path)) continue;
			if (fault.times > 0 && entry.hits >= fault.times) continue;
			if (entry.seen++ < fault.skip) continue;
			entry.hits++;
			return fault;
		}
		return undefined;
	}
}
