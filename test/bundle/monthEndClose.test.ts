import { failureOf } from '../../nodes/databricks/jobs/jobFailure';
import { waitForRun } from '../../nodes/databricks/jobs/jobRunFollowing';
import { runNow } from '../../nodes/databricks/jobs/jobRunStart';
import { outcomeOf, resultOf } from '../../nodes/databricks/jobs/jobRunState';
import { invoke } from '../../nodes/databricks/serving/serving';
import { agencies } from '../../workspace/sample/agencies';
import { generateExports } from '../../workspace/sample/exports';
import { independentTotals, pesosText } from '../../workspace/sample/independentTotals';
import { featuresOf } from '../workspace/sample/features';
import { deadline, LocalDeployment } from './localDeployment';

const month = '2026-10';
const { exports } = generateExports({ lastMonth: month, transactionsPerMonth: 80 });
const expected = independentTotals(exports);

let workspace: LocalDeployment;
let jobId: string;
beforeAll(async () => {
	workspace = await LocalDeployment.start();
	jobId = (await workspace.deploy()).resources['jobs.bir_month_end']?.id ?? '';
	await workspace.land(exports);
}, 60_000);
afterAll(() => workspace.close());

async function close(idempotencyToken: string, jobParameters: Record<string, string>) {
	const runId = await runNow(workspace.client, {
		jobId,
		idempotencyToken,
		parameters: { family: 'job', values: jobParameters },
	});
	return await waitForRun(workspace.client, runId, deadline());
}

it('closes the month: every task succeeds', async () => {
	const run = await close('first', { month });
	const why = outcomeOf(run) === 'succeeded' ? '' : String(await failureOf(workspace.client, run));
	expect([why, ...run.tasks.map((task) => `${task.task_key} ${resultOf(task)}`).sort()]).toEqual([
		'',
		'features SUCCESS',
		'forecasts SUCCESS',
		'ingest_check SUCCESS',
		'pipeline SUCCESS',
		'summary SUCCESS',
		'training SUCCESS',
	]);
}, 60_000);

it('the summary has the totals of plain code and the pass rate of the files', async () => {
	const rows = await workspace.query(`SELECT agency, period, transaction_count, vendor_count,
		total_amount, withholding_tax, income_tax, vat, rows_received, rows_accepted, pass_rate, forecast_period
		FROM platinum.bir.close_summary ORDER BY agency`);
	const wanted = expected.months.filter((each) => each.month === month);
	expect(rows).toEqual(
		wanted.map((each) => {
			const files = exports.filter(({ exportId }) =>
				exportId.startsWith(`${each.agency}-${month}`),
			);
			const { received, dropped } = independentTotals(files);
			const tenThousandths = Math.round(((received - dropped) / received) * 10_000);
			return [
				each.agency,
				`${month}-01`,
				String(each.transactionCount),
				String(each.vendorCount),
				pesosText(each.totalCentavos),
				pesosText(each.withholdingTaxCentavos),
				pesosText(each.incomeTaxCentavos),
				pesosText(each.vatCentavos),
				String(received),
				String(received - dropped),
				(tenThousandths / 10_000).toFixed(4),
				'2026-11-01',
			];
		}),
	);
	expect(wanted).toHaveLength(8);
});

it('the features are those of plain code', async () => {
	const rows = await workspace.query(`SELECT agency, period, withholding_tax, prev_month, prev_year,
		rolling_3m_avg, rolling_12m_avg FROM gold.bir.features
		WHERE prev_year IS NOT NULL AND withholding_tax IS NOT NULL ORDER BY agency, period`);
	const wanted = featuresOf(expected.months);
	expect(rows.map(([agency, period]) => [agency, period])).toEqual(
		wanted.map(({ agency, period }) => [agency, `${period}-01`]),
	);
	for (const [i, row] of rows.entries()) {
		const feature = wanted[i];
		const [tax, ...lags] = row.slice(2).map(Number);
		expect(tax).toBe(feature?.withholdingTax);
		const { prev_month, prev_year, rolling_3m_avg, rolling_12m_avg } = feature ?? {};
		for (const [at, lag] of [prev_month, prev_year, rolling_3m_avg, rolling_12m_avg].entries()) {
			expect(lags[at]).toBeCloseTo(lag ?? NaN, 4);
		}
	}
	expect(rows).toHaveLength(8 * 24);
});

it('each agency has one forecast, the one that the endpoint gives for the same features', async () => {
	const forecasts = await workspace.query(
		'SELECT agency, period, withholding_tax, model_name, model_version FROM platinum.bir.forecasts ORDER BY agency',
	);
	const names = agencies.map(({ name }) => name).sort();
	expect(forecasts.map(([agency, period, , ...model]) => [agency, period, ...model])).toEqual(
		names.map((name) => [name, '2026-11-01', 'platinum.bir.bir_tax_forecaster', '1']),
	);
	const features = await workspace.query(`SELECT agency, year, month, prev_month, prev_year,
		rolling_3m_avg, rolling_12m_avg FROM gold.bir.features
		WHERE period = DATE'2026-11-01' ORDER BY agency`);
	const answer = await invoke(workspace.client, 'bir-tax-forecaster', {
		dataframe_split: {
			columns: [
				'agency',
				'year',
				'month',
				'prev_month',
				'prev_year',
				'rolling_3m_avg',
				'rolling_12m_avg',
			],
			data: features.map(([agency, ...numbers]) => [agency, ...numbers.map(Number)]),
		},
	});
	const predictions = Array.isArray(answer.predictions) ? answer.predictions.map(Number) : [];
	expect(predictions.map((value) => value.toFixed(2))).toEqual(forecasts.map(([, , tax]) => tax));
});

it('closing again for some agencies replaces their rows and leaves the others', async () => {
	const before = await workspace.query(
		'SELECT agency, closed_at FROM platinum.bir.close_summary ORDER BY agency',
	);
	const run = await close('second', { month, agencies: 'RIM, BOM' });
	expect(outcomeOf(run)).toBe('succeeded');
	const after = await workspace.query(
		'SELECT agency, closed_at FROM platinum.bir.close_summary ORDER BY agency',
	);
	expect(after.map(([agency]) => agency)).toEqual(before.map(([agency]) => agency));
	const changed = after.filter(([, closedAt], i) => closedAt !== before[i]?.[1]);
	expect(changed.map(([agency]) => agency)).toEqual(['BOM', 'RIM']);
	expect(
		await workspace.query(
			"SELECT agency, model_version FROM platinum.bir.forecasts WHERE model_version = '2' ORDER BY agency",
		),
	).toEqual([
		['BOM', '2'],
		['RIM', '2'],
	]);
}, 60_000);

it.each([
	[
		'third',
		{ month: '2026-11' },
		'No Scout export for 2026-11 from BOM, CKVC, JAP, JLI, JPAL, LAS, RIM, RMQB. Run the scout-ingestion workflow, then close the month again.',
	],
	['fourth', { month, agencies: 'RIM,XYZ' }, 'No Scout export for 2026-10 from XYZ.'],
	[
		'fifth',
		{ month: 'October' },
		'"October" is no month to close. Give the job parameter month as yyyy-MM.',
	],
	['sixth', {}, '"" is no month to close.'],
])('stops before anything is computed (%s): %j', async (token, parameters, message) => {
	const run = await close(token, { ...parameters });
	expect(outcomeOf(run)).toBe('failed');
	const { ids, message: text } = await failureOf(workspace.client, run);
	expect(ids.taskKey).toBe('ingest_check');
	expect(text).toContain(message);
	const results = new Map(run.tasks.map((task) => [task.task_key, resultOf(task)]));
	expect(results.get('pipeline')).toBe('UPSTREAM_FAILED');
});
