import { cancelRun, getRun, listRuns } from '../../nodes/databricks/jobs/jobRuns';
import { isTerminal, resultOf } from '../../nodes/databricks/jobs/jobRunState';
import { findJobByName } from '../../nodes/databricks/jobs/jobs';
import type { ScoutExport } from '../../workspace/sample/exports';
import { filingModel } from '../../workspace/neighbours/odooModels';
import { Demo } from '../../tooling/start/demo';
import { checkFigures, query, readFigures } from '../../tooling/start/figures';
import type { Execution } from '../../tooling/engine/execution';

const lastMonth = '2026-10';
const agencies = ['BOM', 'CKVC', 'JAP', 'JLI', 'JPAL', 'LAS', 'RIM', 'RMQB'];

let demo: Demo;
let exports: ScoutExport[];
let ingestion: Execution;

beforeAll(async () => {
	demo = await Demo.open({ pace: { taskStartMs: 40 } });
	await demo.deploy();
	({ exports } = demo.publish({ lastMonth, transactionsPerMonth: 40, dirtRate: 0.004 }));
	ingestion = await demo.run('ingestion');
	if (ingestion.error) throw ingestion.error;
}, 120_000);
afterAll(async () => {
	await demo?.close();
});
afterEach(() => {
	demo.workspace.faults.clear();
	demo.neighbours.mattermost.posts.length = 0;
});

async function close(month: string, options: Parameters<Demo['run']>[1] = {}): Promise<Execution> {
	return await demo.run('close', { ...options, settings: { month, ...options.settings } });
}

/** Run ids of the close of a month, newest first. */
async function runsOf(month: string): Promise<string[]> {
	const { job_id: jobId } = await findJobByName(demo.client, 'bir_month_end');
	const found: string[] = [];
	for await (const { run_id: runId } of listRuns(demo.client, { jobId })) {
		const { job_parameters: parameters } = await getRun(demo.client, runId);
		if (parameters?.some(({ name, value }) => name === 'month' && value === month)) {
			found.push(runId);
		}
	}
	return found;
}

function filedInOdoo(month: string) {
	return demo.neighbours.odoo
		.records(filingModel)
		.filter(({ x_name: name }) => String(name).startsWith(month));
}

function messages(): string[] {
	return demo.neighbours.mattermost.posts.map(({ message }) => message);
}

describe('a good day', () => {
	let execution: Execution;
	let told: string[];

	beforeAll(async () => {
		execution = await close('2026-10');
		told = messages();
	}, 120_000);

	test('runs through to the end', () => {
		expect(execution.error).toBeUndefined();
		expect(execution.run.status).toBe('success');
		expect(execution.executedNodes).not.toContain('What Failed');
	});

	test('every total equals an independent reading of the raw files, every forecast the endpoint', async () => {
		expect(await checkFigures(demo, exports, execution)).toBe(36 * agencies.length);
	});

	test('the model explains more than 90 % of months it has not seen', async () => {
		const figures = await readFigures(demo, ingestion, execution);
		expect(Number(figures.rSquared)).toBeGreaterThan(0.9);
		expect(figures.agencies.map(({ agency }) => agency)).toEqual(agencies);
		expect(figures.forecastMonth).toBe('2026-11');
	});

	test('files each agency once, in the lakehouse and in Odoo, with the same figures', async () => {
		const filed = await query(
			demo,
			'SELECT agency, period, withholding_tax, closed_period, close_run_id FROM platinum.bir.filed_forecasts ORDER BY agency',
		);
		const [run] = await runsOf('2026-10');
		expect(
			filed.map(([agency, period, , closed, runId]) => [agency, period, closed, runId]),
		).toEqual(agencies.map((agency) => [agency, '2026-11-01', '2026-10-01', run]));
		const totals = await query(
			demo,
			"SELECT agency, transaction_count, withholding_tax, income_tax, vat FROM gold.bir.monthly_totals WHERE period = DATE'2026-10-01' ORDER BY agency",
		);
		const inOdoo = filedInOdoo('2026-10').map(({ id: _id, ...record }) => record);
		expect(inOdoo.sort((a, b) => (String(a.x_agency) < String(b.x_agency) ? -1 : 1))).toEqual(
			totals.map(([agency, count, withholding, income, vat], at) => ({
				x_name: `2026-10/${agency}`,
				x_agency: agency,
				x_period: '2026-10-01',
				x_transactions: Number(count),
				x_withholding_tax: Number(withholding),
				x_income_tax: Number(income),
				x_vat: Number(vat),
				x_forecast_period: '2026-11-01',
				x_forecast_withholding_tax: Number(filed[at]?.[2]),
			})),
		);
	});

	test('tells finance once, with a table and a link', async () => {
		expect(told).toHaveLength(1);
		const [text = ''] = told;
		expect(text).toMatch(/^:white_check_mark: \*\*BIR close of 2026-10\*\*: 8 of 8 agencies filed/);
		const rows = text.split('\n').filter((line) => line.startsWith('| '));
		expect(rows).toHaveLength(1 + agencies.length + 1);
		expect(rows[0]).toBe(
			'| Agency | Transactions | Withholding tax | Income tax | VAT | Forecast 2026-11 |',
		);
		const [run] = await runsOf('2026-10');
		expect(text).toContain(`/run/${run})`);
	});

	test('asks the model once for all agencies, and the job has run once', async () => {
		expect(execution.items('Forecast')).toHaveLength(agencies.length);
		expect(await runsOf('2026-10')).toHaveLength(1);
	});

	test('closed again, it joins the same run and corrects what was filed', async () => {
		const again = await close('2026-10');
		expect(again.error).toBeUndefined();
		expect(again.items('Run the Close')[0]?.json.start).toBe('found');
		expect(again.executedNodes).toContain('Correct Filing');
		expect(await runsOf('2026-10')).toHaveLength(1);
		expect(filedInOdoo('2026-10')).toHaveLength(agencies.length);
		expect(messages()).toHaveLength(1);
		expect(messages()[0]).toContain('8 of 8 agencies filed');
		const [[count] = []] = await query(demo, 'SELECT count(*) FROM platinum.bir.filed_forecasts');
		expect(count).toBe('8');
	});
});

describe('a bad day', () => {
	test('a failing task is told with its name, its error and a link', async () => {
		const execution = await close('2031-01');
		expect(execution.run.status).toBe('error');
		const [run] = await runsOf('2031-01');
		expect(messages()).toHaveLength(1);
		const [text = ''] = messages();
		expect(text).toContain('**The close of 2031-01 stopped at "Run the Close"**');
		expect(text).toContain('`ingest_check`');
		expect(text).toContain(
			'No Scout export for 2031-01 from BOM, CKVC, JAP, JLI, JPAL, LAS, RIM, RMQB.',
		);
		expect(text).toContain(`[Open in Databricks](${demo.workspace.host}`);
		expect(text).toContain(run);
		expect(filedInOdoo('2031-01')).toEqual([]);
	});

	test('after a failed run the next start makes a new one', async () => {
		await close('2031-02');
		await close('2031-02');
		expect(await runsOf('2031-02')).toHaveLength(2);
	});

	test('a quality gate that is missed files nothing and says why', async () => {
		const execution = await close('2026-09', { settings: { minimumPassRate: 0.9999 } });
		expect(execution.run.status).toBe('error');
		expect(execution.executedNodes).not.toContain('Gold Totals');
		expect(messages()).toHaveLength(1);
		expect(messages()[0]).toMatch(
			/The quality gate is closed: 9\d\.\d\d % of \d+ rows passed every check, more than 99\.99 % must\. Worst: [A-Z]+ with 9\d\.\d\d %\. Nothing was filed\./,
		);
		expect(messages()[0]).toMatch(/\[Open in Databricks\]\(http.*\/run\/\d+\)/);
		expect(filedInOdoo('2026-09')).toEqual([]);
	});

	test('a month of which less than 98 % is good is closed by the gate as it is shipped', async () => {
		const lines = Array.from({ length: 30 }, (_, at) =>
			JSON.stringify({
				transaction_id: `TXN${9_000_000_000 + at}`,
				agency: 'RIM',
				transaction_date: '2026-09-15',
				amount: '-1.00',
				category: 'VAT',
				vendor_id: 'V1',
				exported_at: '2026-11-01T04:00:00Z',
			}),
		);
		const late = { exportId: 'RIM-2026-09-30-late', agency: 'RIM', lines };
		demo.neighbours.scout.publish([late], demo.workspace.clock.now());
		await demo.run('ingestion');
		demo.neighbours.mattermost.posts.length = 0;
		const execution = await close('2026-09', { settings: { rerun: 'late rows' } });
		expect(execution.run.status).toBe('error');
		expect(execution.executedNodes).not.toContain('Gold Totals');
		expect(messages()).toHaveLength(1);
		expect(messages()[0]).toMatch(
			/The quality gate is closed: 9[0-7]\.\d\d % of \d+ rows passed every check, more than 98 % must\. Worst: RIM with \d\d\.\d\d %\. Nothing was filed\./,
		);
		expect(filedInOdoo('2026-09')).toEqual([]);
	});

	test('a workspace that answers 503 twice at each step is only slower', async () => {
		const body = { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Try again.' };
		for (const [method, path] of [
			['POST', '/api/2.2/jobs/run-now'],
			['GET', '/api/2.2/jobs/runs/get'],
			['POST', '/api/2.0/sql/statements'],
			['POST', '/serving-endpoints/bir-tax-forecaster/invocations'],
		]) {
			demo.workspace.faults.add({
				method,
				path: path ?? '',
				status: 503,
				retryAfter: 0,
				times: 2,
				body,
			});
		}
		const execution = await close('2026-08');
		expect(execution.error).toBeUndefined();
		expect(demo.workspace.faults.list().map(({ hits }) => hits)).toEqual([2, 2, 2, 2]);
		expect(await runsOf('2026-08')).toHaveLength(1);
		expect(filedInOdoo('2026-08')).toHaveLength(agencies.length);
		expect(messages()[0]).toContain('8 of 8 agencies filed');
	});

	test('an answer to run-now that is lost makes one run', async () => {
		demo.workspace.faults.add({
			method: 'POST',
			path: '/api/2.2/jobs/run-now',
			reset: true,
			when: 'after',
		});
		const execution = await close('2026-07');
		expect(execution.error).toBeUndefined();
		expect(demo.workspace.faults.list().map(({ hits }) => hits)).toEqual([1]);
		expect(await runsOf('2026-07')).toHaveLength(1);
	});

	test('Stop cancels the run in the workspace', async () => {
		const stop = new AbortController();
		const running = close('2026-06', { signal: stop.signal });
		let runs: string[] = [];
		while (runs.length === 0) runs = await runsOf('2026-06');
		stop.abort();
		const execution = await running;
		expect(execution.executedNodes).not.toContain('Gold Totals');
		const [run = ''] = runs;
		let ended = await getRun(demo.client, run);
		while (!isTerminal(ended)) ended = await getRun(demo.client, run);
		expect(resultOf(ended)).toBe('CANCELED');
		expect(filedInOdoo('2026-06')).toEqual([]);
	});

	test('two starts at once for one month make one run, and each agency is filed once', async () => {
		const both = await Promise.all([close('2026-05'), close('2026-05')]);
		expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
		const [run] = await runsOf('2026-05');
		expect(await runsOf('2026-05')).toHaveLength(1);
		expect(both.map((each) => each.items('Run the Close')[0]?.json.run_id)).toEqual([run, run]);
		expect(filedInOdoo('2026-05')).toHaveLength(agencies.length);
	});

	test('a run that somebody cancels is told as cancelled', async () => {
		const running = close('2026-04');
		let runs: string[] = [];
		while (runs.length === 0) runs = await runsOf('2026-04');
		await cancelRun(demo.client, runs[0] ?? '');
		const execution = await running;
		expect(execution.run.status).toBe('error');
		expect(messages()[0]).toMatch(/cancelled/i);
		expect(messages()[0]).toContain('stopped at "Run the Close"');
	});

	test('a month that another close has overtaken is told, and can be run again', async () => {
		const overtaken = await close('2026-10');
		expect(overtaken.items('Run the Close')[0]?.json.start).toBe('found');
		expect(overtaken.run.status).toBe('error');
		expect(messages()[0]).toContain('There are figures of 0 agencies only, 8 are expected.');
		const again = await close('2026-10', { settings: { rerun: 'late rows' } });
		expect(again.error).toBeUndefined();
		expect(await runsOf('2026-10')).toHaveLength(2);
		expect(filedInOdoo('2026-10')).toHaveLength(agencies.length);
	});

	test('an Odoo that lets nobody in ends in one message, after the lakehouse has been filed', async () => {
		const { username, password } = demo.neighbours.odoo;
		const execution = await close('2026-10', {
			settings: { rerun: 'late rows' },
			credentials: [
				{
					type: 'odooApi',
					name: 'Odoo',
					data: {
						url: demo.neighbours.odoo.url,
						username,
						password: `not ${password}`,
						db: 'finance',
					},
				},
			],
		});
		expect(execution.run.status).toBe('error');
		expect(messages()).toHaveLength(1);
		expect(messages()[0]).toContain('Access Denied');
		expect(messages()[0]).not.toContain(password);
	});
});
