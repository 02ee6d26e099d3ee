import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Container } from '@n8n/di';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { BinaryDataService } from 'n8n-core';
import { z } from 'zod/v4';
import { type NodeUnderTest, Workbench } from './workbench';

/** The examples of the node's page, as somebody who follows it sets them. */
const page = readFileSync(join(__dirname, '../../nodes/SqlStatement/README.md'), 'utf8');

/** A block of code below a heading. */
function block(heading: string, language: string): string {
	const below = page.slice(page.indexOf(`# ${heading}\n`));
	const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(below)?.[1];
	if (found === undefined) throw new Error(`There is no ${language} below "${heading}".`);
	return found;
}

const item = (heading: string) =>
	z.record(z.string(), z.unknown()).parse(JSON.parse(block(heading, 'json')));

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
	await bench.workspace.lakehouse.runScript(
		`CREATE CATALOG gold; CREATE SCHEMA gold.bir; CREATE CATALOG silver; CREATE SCHEMA silver.odoo;
		CREATE SCHEMA silver.scout; CREATE CATALOG bronze; CREATE SCHEMA bronze.scout;
		CREATE VOLUME bronze.scout.landing`,
		{ user: 'test' },
	);
});
afterAll(async () => await bench.close());

const sql = async (text: string) => await bench.workspace.lakehouse.run(text, { user: 'test' });

function node(parameters: IDataObject, settings = {}): NodeUnderTest {
	const warehouse = { __rl: true, mode: 'id', value: bench.workspace.warehouseId };
	return {
		type: 'databricksSqlStatement',
		parameters: { authentication: 'accessToken', warehouse, ...parameters },
		settings,
	};
}

const locators = (catalog: string, schema: string, table: string) =>
	Object.fromEntries(
		Object.entries({ catalog, schema, table }).map(([name, value]) => [
			name,
			{ __rl: true, mode: 'name', value },
		]),
	);

const input = (items: IDataObject[]): INodeExecutionData[] => items.map((json) => ({ json }));

test('gold totals with parameters', async () => {
	await sql(`CREATE TABLE gold.bir.monthly_totals AS SELECT 'RIM' AS agency, DATE '2026-10-01' AS period,
		CAST(4398861.09 AS DECIMAL(28,2)) AS withholding_tax`);
	await sql(
		"INSERT INTO gold.bir.monthly_totals VALUES ('BOM', DATE '2026-10-01', 1), ('RIM', DATE '2026-09-01', 2)",
	);
	const values = [
		{ name: 'period', type: 'DATE', value: '={{ $json.month }}-01' },
		{ name: 'agencies', type: 'LIST', elementType: 'STRING', value: '={{ $json.agencies }}' },
	];
	const query = { statement: block('Gold totals with parameters', 'sql'), parameters: { values } };
	const run = async (agencies: unknown[]) =>
		await bench.run(node(query), {
			input: input([{ month: '2026-10', agencies: JSON.parse(JSON.stringify(agencies)) }]),
		});
	const rows = (await run(['RIM', 'JLI'])).items('Node').map(({ json }) => json);
	expect(rows).toEqual([item('Gold totals with parameters')]);
	expect((await run([])).items('Node')).toEqual([]);
	const ids = { name: 'ids', type: 'LIST', elementType: 'INT', value: '={{ [1, "x"] }}' };
	const wrong = node({ statement: 'SELECT 1 IN (:ids)', parameters: { values: [ids] } });
	const message = 'The parameter "ids[1]" is "x", which is no INT.';
	expect((await bench.run(wrong)).error?.message).toBe(message);
	expect(page).toContain(message);

	const byItem = node({ statement: 'SELECT :agency AS agency', parameterMode: 'item' });
	const found = await bench.items(byItem, { input: input([{ agency: 'RIM', other: 1 }]) });
	expect(found).toEqual([{ agency: 'RIM' }]);
});

test('Odoo rows, upserted', async () => {
	await sql('CREATE TABLE silver.odoo.moves (id BIGINT, amount_total DECIMAL(18,2), name STRING)');
	await sql(`INSERT INTO silver.odoo.moves SELECT id, 0, 'old' FROM range(0, 2310)`);
	const bad = new Set([7, 2400]);
	const moves = Array.from({ length: 2_500 }, (_, at) => ({
		// The two bad ones are beside the others.
		id: bad.has(at) ? 100_000 + at : at - [...bad].filter((one) => one < at).length,
		amount_total: bad.has(at) ? '1.005' : 1.25,
		name: 'new',
	}));
	const upsert = node(
		{
			operation: 'upsertRows',
			...locators('silver', 'odoo', 'moves'),
			columns: { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['id'] },
			duplicateKeys: 'last',
			nullKeys: 'fail',
		},
		{ onError: 'continueErrorOutput' },
	);
	const execution = await bench.run(upsert, { input: input(moves) });
	expect(execution.items('Node').map(({ json }) => json)).toEqual([
		{
			...item('Odoo rows, upserted'),
			statement_ids: expect.any(Array),
			duration_ms: expect.any(Number),
		},
	]);
	const errors = execution.items('Node', 1);
	expect(errors.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 7 }, { item: 2400 }]);
	const message =
		'The column "amount_total" is "1.005", which has more digits behind the point than DECIMAL(18,2) keeps.';
	expect(errors.map(({ json }) => json.error)).toEqual([message, message]);
	expect(page).toContain(message);
});

test('rows to a file', async () => {
	await sql(
		'CREATE TABLE silver.scout.transactions AS SELECT id, CAST(id AS DECIMAL(18,2)) AS amount FROM range(0, 3)',
	);
	const statement = 'SELECT * FROM silver.scout.transactions';
	expect(page).toContain(`\`${statement}\``);
	const output = { statement, output: 'file', options: { externalLinks: true } };
	const fileOf = async (fileFormat: string) => {
		const [made] = (await bench.run(node({ ...output, fileFormat }))).items('Node');
		const file = made?.binary?.data;
		return file && (await Container.get(BinaryDataService).getAsBuffer(file)).toString('latin1');
	};
	expect(await fileOf('csv')).toBe('id,amount\r\n0,0.00\r\n1,1.00\r\n2,2.00\r\n');
	expect((await fileOf('arrow'))?.length).toBeGreaterThan(100);
});

test('files into a table', async () => {
	const { path } = item('Files into a table');
	await sql('CREATE TABLE bronze.scout.raw (agency STRING, amount DECIMAL(18,2))');
	const lines = Array.from({ length: 1_381 }, (_, at) => `RIM,${at}.50`);
	await bench.server.fetch(
		new Request(`${bench.url}/api/2.0/fs/files${String(path)}`, {
			method: 'PUT',
			headers: { authorization: `Bearer ${bench.workspace.token}` },
			body: ['agency,amount', ...lines].join('\n'),
		}),
	);
	const copy = node({
		operation: 'copyInto',
		...locators('bronze', 'scout', 'raw'),
		path: '={{ $json.path }}',
	});
	const load = async () => await bench.items(copy, { input: input([{ path: String(path) }]) });
	const counters = { statement_id: expect.any(String), duration_ms: expect.any(Number) };
	expect(await load()).toEqual([{ ...item('Files into a table'), ...counters }]);
	expect(await load()).toEqual([
		expect.objectContaining({ rows_affected: 0, num_inserted_rows: 0 }),
	]);
});
