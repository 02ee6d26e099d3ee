import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const cell = z.union([z.string(), z.null()]);
const version = z.object({
	version: z.number(),
	operation: z.string(),
	operationParameters: z.record(z.string().nullable()),
	readVersion: z.number().nullable(),
	isolationLevel: z.string(),
	isBlindAppend: z.boolean(),
	operationMetrics: z.record(z.string()),
});
const entry = z.object({
	id: z.string(),
	sql: z
		.union([z.string(), z.array(z.string())])
		.nullable()
		.optional(),
	args: z.record(z.object({ python: z.string(), value: z.unknown() })).optional(),
	conf: z.record(z.string()).optional(),
	schema: z.array(z.object({ name: z.string(), type: z.string() })).optional(),
	rows: z.array(z.array(z.unknown())).optional(),
	error: z
		.object({
			condition: z.string().nullable(),
			sqlState: z.string().nullable(),
			message: z.string(),
		})
		.optional(),
	new_versions: z.array(version).optional(),
	made_versions: z.number().optional(),
	kind: z.string().optional(),
});
export type Recorded = z.infer<typeof entry>;
export type RecordedVersion = z.infer<typeof version>;

/** Entries of one file of answers recorded from Spark 4.1 and Delta Lake 4.3. */
export async function recorded(name: string): Promise<Recorded[]> {
	const file = join(__dirname, '../../recordings/delta', `${name}.json`);
	const text = await readFile(file, 'utf8');
	return z.object({ entries: z.array(entry) }).parse(JSON.parse(text)).entries;
}

/** The statements of an entry; all but the last prepare for it. */
export function statementsOf({ sql }: Recorded): string[] {
	return typeof sql === 'string' ? [sql] : (sql ?? []);
}

/** Rows as the wire shows them: recorded are texts of CAST AS STRING, in which times differ. */
export function wireRows({ schema = [], rows = [] }: Recorded): (string | null)[][] {
	return rows.map((row) =>
		row.map((value, at) => {
			const text = cell.parse(value);
			if (text === null || schema[at]?.type !== 'timestamp') return text;
			const [date, time = ''] = text.split(' ');
			const [clock, fraction = ''] = time.split('.');
			return `${date}T${clock}.${fraction.padEnd(3, '0')}Z`;
		}),
	);
}
