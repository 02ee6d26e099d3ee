import { ManualClock } from '../../../workspace/clock';
import type { LocalWorkspace } from '../../../workspace/localWorkspace';
import { createServer, type LocalServer } from '../../../workspace/server';
import { foretell } from '../../../workspace/serving/forecaster';
import { localPythonTasks } from '../../../workspace/serving/localPythonTasks';
import { modelRegistryOf } from '../../../workspace/serving/modelRegistry';
import { servingEndpointsOf } from '../../../workspace/serving/servingEndpoints';

const model = 'platinum.bir.bir_tax_forecaster';
const endpoint = 'bir-tax-forecaster';

let server: LocalServer;
let workspace: LocalWorkspace;

beforeEach(async () => {
	server = createServer({ clock: new ManualClock(Date.UTC(2026, 10, 1)) });
	workspace = await server.addWorkspace();
	for (const catalog of ['gold', 'platinum']) {
		await workspace.lakehouse.catalogs.create(catalog, {}, workspace.user.userName);
		await workspace.lakehouse.schemas.create(catalog, 'bir', {}, workspace.user.userName);
	}
	const names = { catalog_name: 'platinum', schema_name: 'bir', name: 'bir_tax_forecaster' };
	await modelRegistryOf(workspace).create(names, workspace.user);
	await servingEndpointsOf(workspace).create({ name: endpoint }, workspace.user);
	await sql(`CREATE TABLE platinum.bir.forecasts (
		agency STRING, period DATE, withholding_tax DECIMAL(18, 2), model_name STRING, model_version STRING, forecast_at TIMESTAMP
	)`);
});
afterEach(async () => {
	await server.close();
});

async function sql(statement: string): Promise<(string | null)[][]> {
	const session = { user: workspace.user.userName };
	return (await workspace.lakehouse.run(statement, session)).rows;
}

/** 'yyyy-MM-01', `at` months after October 2022. */
function periodAt(at: number): string {
	const month = 9 + at;
	return `${2022 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
}

/** Months of two agencies up to October 2026 at most, and the one after it without its tax. */
async function writeFeatures(monthCount: number, tax: (level: number, at: number) => number) {
	const rows = ['RIM', 'LAS'].flatMap((agency, size) =>
		Array.from({ length: monthCount + 1 }, (_, at) => {
			const level = (size === 0 ? 900_000 : 90_000) * 1.006 ** at;
			const period = periodAt(at);
			const known = at < monthCount ? tax(level, at) : undefined;
			const year = at < 12 ? 'NULL' : `${level * 0.93}D`;
			return `('${agency}', DATE'${period}', ${period.slice(0, 4)}, ${Number(period.slice(5, 7))}, ${known === undefined ? 'NULL' : `${known}D`}, ${level}D, ${year}, ${level * 0.99}D, ${level * 0.96}D)`;
		}),
	);
	await sql(`CREATE TABLE gold.bir.features (
		agency STRING, period DATE, year INT, month INT, withholding_tax DOUBLE, prev_month DOUBLE, prev_year DOUBLE, rolling_3m_avg DOUBLE, rolling_12m_avg DOUBLE
	)`);
	await sql(`INSERT INTO gold.bir.features VALUES ${rows.join(', ')}`);
}

async function run(file: string, parameters: Record<string, string>): Promise<string> {
	const task = localPythonTasks.get(file);
	if (!task) throw new Error(`There is no ${file}.`);
	const { logs } = await task({
		workspace,
		user: workspace.user,
		parameters: Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, value]),
		runId: '7',
		signal: new AbortController().signal,
	});
	return logs;
}

const training = { month: '2025-09', features: 'gold.bir.features', model, endpoint };
const steady = (level: number): number => level * 1.01;

test('trains, registers, moves the alias, serves, and says that there is no Python', async () => {
	await writeFeatures(36, steady);
	const logs = await run('train_forecaster.py', training);
	expect(logs.split('\n')).toEqual([
		'The local workspace has no Python. It trained a ridge regression of its own on the same features, with the same hold-out, and registered it in the same place.',
		expect.stringMatching(
			/^2025-09: R² (0\.99\d\d|1\.0000) and error \d\.\d\d% on 12 rows it had not seen \(2025-04, 2025-05, 2025-06, 2025-07, 2025-08, 2025-09\)$/,
		),
		`${model} version 1 is champion and served by ${endpoint}`,
		'',
	]);
	const version = modelRegistryOf(workspace).versionByAlias(model, 'champion');
	expect(version).toMatchObject({
		version: 1,
		runId: '7',
		params: { month: '2025-09', features: 'gold.bir.features', hold_out_months: '6', rows: '48' },
	});
	expect(servingEndpointsOf(workspace).served(endpoint)[0]?.name).toBe('champion');

	await run('train_forecaster.py', training);
	expect(modelRegistryOf(workspace).versionByAlias(model, 'champion').version).toBe(2);
	expect(servingEndpointsOf(workspace).get(endpoint).config?.served_entities).toMatchObject([
		{ entity_version: '2' },
	]);
});

test.each([
	[
		'too little history',
		29,
		steady,
		{},
		'Too little history to train: 17 months have a year behind them, 18 are needed.',
	],
	[
		'a model that explains too little',
		36,
		(level: number, at: number) => level * (at % 5 === 0 ? 9 : 1),
		{},
		/^The forecaster explains too little of the months it has not seen: R² -?\d\.\d{4}, at least 0\.90 is needed\. The champion stays as it was\.$/,
	],
	[
		'an argument that nobody knows',
		36,
		steady,
		{ depth: '3' },
		'unrecognized arguments: --depth 3',
	],
	[
		'a table name that is none',
		36,
		steady,
		{ features: 'features; DROP TABLE x' },
		'"features; DROP TABLE x" is no table name of the form catalog.schema.table.',
	],
])(
	'ends with its reason and leaves the registry alone: %s',
	async (_what, months, tax, more, reason) => {
		await writeFeatures(months, tax);
		await expect(run('train_forecaster.py', { ...training, ...more })).rejects.toThrow(reason);
		expect(modelRegistryOf(workspace).versionsOf(model)).toEqual([]);
	},
);

const forecasting = {
	month: '2025-09',
	agencies: 'RIM, LAS',
	features: 'gold.bir.features',
	model,
	forecasts: 'platinum.bir.forecasts',
};

test('foretells the next month with the champion, and replaces it when asked again', async () => {
	await writeFeatures(36, steady);
	await run('train_forecaster.py', training);
	await run('forecast.py', forecasting);
	const logs = await run('forecast.py', forecasting);
	expect(logs).toContain(`2 forecasts for 2025-10 by ${model} version 1`);
	const { artifact } = modelRegistryOf(workspace).versionByAlias(model, 'champion');
	const level = (size: number): number => (size === 0 ? 900_000 : 90_000) * 1.006 ** 36;
	const expected = ['LAS', 'RIM'].map((agency) => {
		const each = level(agency === 'RIM' ? 0 : 1);
		const tax = foretell(artifact, {
			agency,
			year: 2025,
			month: 10,
			prev_month: each,
			prev_year: each * 0.93,
			rolling_3m_avg: each * 0.99,
			rolling_12m_avg: each * 0.96,
		});
		return [agency, '2025-10-01', tax.toFixed(2), model, '1'];
	});
	expect(
		await sql(
			'SELECT agency, period, withholding_tax, model_name, model_version FROM platinum.bir.forecasts ORDER BY agency',
		),
	).toEqual(expected);
});

test.each([
	[{ agencies: 'RIM,BOM' }, 'No forecast for 2025-10: BOM have less than a year of history.'],
	[{ month: 'last' }, '"last" is no month of the form yyyy-MM.'],
])('writes no forecast for %j', async (more, reason) => {
	await writeFeatures(36, steady);
	await run('train_forecaster.py', training);
	await expect(run('forecast.py', { ...forecasting, ...more })).rejects.toThrow(reason);
	expect(await sql('SELECT * FROM platinum.bir.forecasts')).toEqual([]);
});
