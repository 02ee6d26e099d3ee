import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SqlError } from '../../../workspace/sql/sqlError';
import { openLakehouse, shapeOf, type OpenLakehouse } from './openLakehouse';
import { recorded, statementsOf, wireRows, type Recorded } from './recordings';

/** The tables that the recorded queries build, each from the query of an entry. */
const builds: Record<string, string> = {
	'silver-sql': 'silver.scout',
	'gold-sql': 'gold.monthly',
	'features-sql': 'features.monthly',
};

let opened: OpenLakehouse;
let entries: Recorded[];

beforeAll(async () => {
	opened = await openLakehouse();
	entries = await recorded('month-end-sql');
	const { run, volumesRoot } = opened;
	for (const schema of ['bronze', 'silver', 'gold', 'features'])
		await run(`CREATE SCHEMA ${schema}`);
	await run('CREATE VOLUME bronze.landing');
	const folder = join(volumesRoot, 'spark_catalog/bronze/landing');
	await mkdir(folder, { recursive: true });
	const input = join(__dirname, '../../recordings/delta/bronze-input.jsonl');
	await copyFile(input, join(folder, 'export.jsonl'));
	await run(`CREATE TABLE bronze.scout AS SELECT * FROM read_files('/Volumes/spark_catalog/bronze/landing',
		format => 'json', schema => 'transaction_id STRING, agency STRING, transaction_date STRING,
		amount STRING, category STRING, vendor_id STRING, _ingestion_timestamp TIMESTAMP')`);
});
afterAll(() => opened.close());

test('every recorded statement of a month-end close gives exactly the recorded rows', async () => {
	const expected: unknown[] = [];
	const received: unknown[] = [];
	for (const entry of entries) {
		const statements = statementsOf(entry);
		const last = statements.pop() ?? '';
		for (const statement of statements) await opened.run(statement);
		const table = builds[entry.id];
		if (table !== undefined) {
			await opened.run(`CREATE TABLE ${table} AS ${last}`);
			continue;
		}
		expected.push({
			id: entry.id,
			...(entry.error === undefined
				? { shape: entry.schema?.map(({ name, type }) => ({ name, type })), rows: wireRows(entry) }
				: { condition: entry.error.condition }),
		});
		received.push({ id: entry.id, ...(await answerOf(last)) });
	}
	expect(received).toEqual(expected);
	expect(received).toHaveLength(28);
});

async function answerOf(sql: string) {
	try {
		const result = await opened.run(sql);
		return { shape: shapeOf(result), rows: result.rows };
	} catch (error) {
		if (error instanceof SqlError) return { condition: error.condition };
		throw error;
	}
}
