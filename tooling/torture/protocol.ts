import { z } from 'zod';

/** What the process that polls is told. */
export const settingsSchema = z.object({
	host: z.string(),
	token: z.string(),
	warehouseId: z.string(),
	table: z.string(),
	delivery: z.enum(['handOver', 'acknowledgement']),
	consumer: z.string(),
	checkpointTable: z.string(),
	/** What n8n's database would hold of the node. */
	memoryFile: z.string(),
	/** What the workflow did: one item a line. */
	workFile: z.string(),
	seed: z.number(),
});
export type TortureSettings = z.output<typeof settingsSchema>;

/** What it says: it may begin; it was given items, by their event IDs; a poll failed. */
export const reportSchema = z.union([
	z.object({ ready: z.literal(true) }),
	z.object({ handedOver: z.array(z.string()) }),
	z.object({ failed: z.string() }),
]);
export type TortureReport = z.output<typeof reportSchema>;
