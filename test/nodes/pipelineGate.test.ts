import { land, pipeline, prepareCatalog, update } from './pipelineBench';
import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await prepareCatalog(bench);
});
afterAll(() => bench.close());

interface Row {
	id: string | null;
	amount: string;
	day: string;
}

/** Days of raw rows; of `dirty` the amount is negative, of `nameless` the id is missing. */
function day(rows: number, dirty = 0, nameless = 0): Row[] {
	return Array.from({ length: rows }, (_, at) => ({
		id: at < nameless ? null : `TXN${at}`,
		amount: at >= rows - dirty ? '-1.00' : '10.00',
		day: '2026-10-31',
	}));
}

let folders = 0;
/** A pipeline that reads a folder of its own, and a function that lands rows there. */
async function scout() {
	const folder = `day${++folders}`;
	const text = `CREATE OR REFRESH STREAMING TABLE ${folder} (
		CONSTRAINT valid_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
		CONSTRAINT positive_amount EXPECT (CAST(amount AS DECIMAL(18,2)) > 0),
		CONSTRAINT has_day EXPECT (day IS NOT NULL)
	) AS SELECT id, amount, day FROM STREAM read_files('/Volumes/silver/scout/landing/${folder}',
		format => 'json', schema => 'id STRING, amount STRING, day STRING', maxFilesPerTrigger => 1)`;
	const { id } = await pipeline(bench, text);
	const table = `silver.scout.${folder}`;
	let files = 0;
	const put = async (rows: Row[]) => await land(bench, `${folder}/${++files}.json`, rows);
	return { id, table, put };
}

const gate = (more: Record<string, unknown> = {}) => ({
	qualityGate: true,
	minimumPassRate: 98,
	...more,
});

test('a clean day passes, three per cent of dirt fail with the numbers of an independent count', async () => {
	const { id, table, put } = await scout();
	await put(day(400));
	const [clean] = await bench.items(update(id, gate()));
	expect(clean).toMatchObject({
		passRate: 1,
		quality_gate: { passed: true, message: 'The quality gate is open.', violations: [] },
	});

	const raw = [day(600, 54), day(400, 36)];
	for (const rows of raw) await put(rows);
	const failed = await bench.run(update(id, gate()));
	const rows = raw.flat();
	const bad = rows.filter(({ amount }) => Number(amount) <= 0).length;
	const checks = 3 * rows.length;
	expect([bad, checks]).toEqual([90, 3_000]);
	const message = `The quality gate is closed: 97.00 % of ${checks} checks passed, at least 98 % must. Bad records: ${table}.positive_amount ${bad} of ${rows.length}.`;
	expect(failed.error).toMatchObject({
		message,
		context: { error_code: 'QUALITY_GATE_CLOSED', pipeline_id: id },
	});
	const [after] = await bench.items(update(id, { operation: 'getUpdate' }));
	expect(after).toMatchObject({
		passed_records: checks - bad,
		failed_records: bad,
		passRate: 0.97,
		dropped_records: 0,
		output_rows: rows.length,
		worst: { table, expectation: 'positive_amount', failed_records: bad, passRate: 0.91 },
		tables: [
			{
				expectations: [
					{ name: 'valid_id', action: 'drop', failed_records: 0 },
					{ name: 'positive_amount', action: 'warn', failed_records: bad },
					{ name: 'has_day', action: 'warn', failed_records: 0 },
				],
			},
		],
	});
});

test('a closed gate takes the second output when it is told to', async () => {
	const { id, table, put } = await scout();
	const node = update(id, gate({ whenGateCloses: 'output' }));
	await put(day(100));
	const passed = await bench.run(node);
	expect([passed.items('Node', 0).length, passed.items('Node', 1).length]).toEqual([1, 0]);
	await put(day(100, 20));
	const closed = await bench.run(node);
	expect(closed.error).toBeUndefined();
	expect(closed.items('Node', 0)).toEqual([]);
	expect(closed.items('Node', 1)).toEqual([
		{
			json: expect.objectContaining({
				state: 'COMPLETED',
				quality_gate: {
					passed: false,
					message: `The quality gate is closed: 93.33 % of 300 checks passed, at least 98 % must. Bad records: ${table}.positive_amount 20 of 100.`,
					violations: [
						{
							table: null,
							expectation: null,
							passed_records: 280,
							failed_records: 20,
							passRate: 280 / 300,
							minimumPassRate: 0.98,
						},
					],
					unmatched_rules: [],
				},
			}),
			pairedItem: { item: 0 },
		},
	]);
});

test('a failed update still takes the error output beside the two of the gate', async () => {
	const { id } = await pipeline(
		bench,
		'CREATE OR REFRESH MATERIALIZED VIEW gone AS SELECT * FROM silver.scout.nowhere',
	);
	const node = update(id, gate({ whenGateCloses: 'output' }), { onError: 'continueErrorOutput' });
	const execution = await bench.run(node);
	expect([0, 1, 2].map((output) => execution.items('Node', output).length)).toEqual([0, 0, 1]);
});

test.each([
	[
		'by its name',
		[{ pattern: 'positive_amount', minimumPassRate: 99.5 }],
		'TABLE.positive_amount had 1 bad records of 100 (99.00 % passed, at least 99.5 % must).',
	],
	[
		'by table and a pattern',
		[{ pattern: 'TABLE.pos*', minimumPassRate: 100 }],
		'TABLE.positive_amount had 1 bad records of 100 (99.00 % passed, at least 100 % must).',
	],
	['that is met', [{ pattern: '*', minimumPassRate: 99 }], undefined],
	['of another table', [{ pattern: 'other.*', minimumPassRate: 100 }], undefined],
])('a rule for an expectation %s', async (_case, rules, sentence) => {
	const { id, table, put } = await scout();
	await put(day(100, 1));
	const values = rules.map((rule) => ({ ...rule, pattern: rule.pattern.replace('TABLE', table) }));
	const { error } = await bench.run(update(id, gate({ gateRules: { values } })));
	expect(error?.message).toBe(
		sentence && `The quality gate is closed: ${sentence.replace('TABLE', table)}`,
	);
});

test.each([
	['pass', undefined],
	['close', 'The quality gate is closed: the update checked no record.'],
])('an update that checked nothing: %s', async (unchecked, message) => {
	const { id, put } = await scout();
	await put([]);
	const { error } = await bench.run(update(id, gate({ unchecked })));
	expect(error?.message).toBe(message);
});

test('a rate just under the minimum does not look like it', async () => {
	const { id, put } = await scout();
	await put(day(10_000, 1));
	const values = [{ pattern: 'positive_amount', minimumPassRate: 100 }];
	const { error } = await bench.run(update(id, gate({ gateRules: { values } })));
	expect(error?.message).toContain('1 bad records of 10000 (99.99 % passed, at least 100 % must)');
});
