import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { shippedWorkflows, workflowId } from '../../tooling/editor/shippedWorkflows';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { addMonths, monthBefore } from '../../workspace/sample/months';
import { EditorPage, startBrowser } from './editorPage';
import { EditorUnderTest } from './editorUnderTest';

const closeId = workflowId('month-end-close.json');
const lastMonth = monthBefore(new Date());
const totals = `SELECT agency, transaction_count, withholding_tax FROM gold.bir.monthly_totals WHERE period = DATE '${lastMonth}-01' ORDER BY agency`;

let editor: EditorUnderTest;
let browser: Browser;
let page: EditorPage;

beforeAll(async () => {
	browser = await startBrowser();
	editor = await EditorUnderTest.open();
	page = await EditorPage.open(browser, editor.url);
	await page.signIn(editor.owner);
}, 600_000);

afterAll(async () => {
	await browser?.close();
	await editor?.close();
}, 60_000);

const names = [
	'Databricks Run Job',
	'Databricks Pipeline Update',
	'Databricks SQL Statement',
	'Databricks Model Predict',
];

describe('the node creator', () => {
	test.each([
		['databricks', names],
		['lakehouse', names],
		['run job', ['Databricks Run Job']],
		['sql warehouse', ['Databricks SQL Statement']],
		['predict', ['Databricks Model Predict']],
		['delta', ['Databricks Delta']],
		['lakeflow', ['Databricks Pipeline Update']],
	])('finds by %p', async (words, wanted) => {
		if (words === 'databricks') await page.openWorkflow(workflowId('month-end-close.json'));
		expect(await page.search(words)).toEqual(expect.arrayContaining(wanted));
		if (words === 'lakehouse') await page.picture('node-creator');
	});
});

test('a job and a statement are built by hand, with a credential made in its dialog', async () => {
	const { host, token } = editor.surroundings.workspace;
	await page.newWorkflow();
	await page.search('manual');
	await page.page.keyboard.press('Enter');
	await page.node('When clicking ‘Execute workflow’').waitFor();

	await page.add('run job', 'Databricks Run Job', 'Run job');
	await page.byId('node-credentials-select').click();
	await page.byId('node-credentials-select-item-new').click();
	await page.byId('credential-mode-dropdown-trigger').click();
	await page.page.getByRole('menuitem', { name: 'Access Token' }).click();
	await page.field('host').locator('input').fill(`${host}/?o=1#job/1`);
	await page.field('token').locator('input').fill('dapi-not-this-one');
	await page.byId('credential-save-button').click();
	await page.page.getByText('Couldn’t connect with these settings').waitFor();
	await page.page.getByText('More details').click();
	await page.picture('credential-refused');
	await page.field('token').locator('input').fill(token);
	await page.byId('credential-save-button').click();
	await page.byId('credential-edit-dialog').waitFor({ state: 'hidden' });

	expect(await page.openList('job')).toEqual(['bir_month_end']);
	await page.page.keyboard.type('bir');
	await page.byId('rlc-item').getByText('bir_month_end').click();
	await page.field('month').locator('input').fill(lastMonth);
	await page.picture('run-job');
	await page.closeNode();
	expect(await page.node('Databricks Run Job').innerText()).toContain('Run: bir_month_end');

	await page.add('sql statement', 'Databricks SQL Statement', 'Execute a query');
	expect(await page.openList('warehouse')).toEqual(['Serverless Starter Warehouse']);
	await page.byId('rlc-item').first().click();
	await page.write('statement', totals);
	await page.picture('sql-statement');
	await page.closeNode();

	await page.execute();
	await page.waitForSuccess('Databricks SQL Statement');
	await page.picture('built-by-hand');
	await page.openNode('Databricks SQL Statement');
	const { rows } = await editor.surroundings.workspace.lakehouse.run(totals, { user: 'test' });
	expect(rows).toHaveLength(8);
	expect(await page.outputRows()).toEqual(rows);
	await page.picture('sql-output');
	await page.closeNode();
});

test('every shipped workflow opens without an unknown node or a missing field', async () => {
	const nodeSchema = z.object({ nodes: z.array(z.object({ type: z.string() })) });
	for (const [id, file] of await shippedWorkflows(repositoryRoot(__dirname))) {
		const { nodes } = nodeSchema.parse(JSON.parse(await readFile(file, 'utf8')));
		await page.openWorkflow(id);
		const shown = nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
		expect(await page.byId('canvas-node').count()).toBe(shown.length);
		expect(await page.byId('node-issues').count()).toBe(0);
		expect(await page.page.getByText(/not (?:found|installed)|unrecognized/i).count()).toBe(0);
		await page.picture(`workflow-${id.slice(0, 13)}`);
	}
});

test('a new user signs in, runs the close and reads its figures', async () => {
	const startMs = performance.now();
	const { mattermost } = editor.surroundings.neighbours;
	const seen: string[] = [];
	const step = (name: string) => seen.push(`${name} ${Math.round(performance.now() - startMs)} ms`);
	const visitor = await EditorPage.open(browser, editor.url);
	await visitor.signIn(editor.owner);
	step('signed in');
	await visitor.openWorkflow(closeId);
	step('workflow open');
	await visitor.execute();
	await visitor.waitForSuccess('Tell Finance');
	step('close done');
	await visitor.picture('close-finished');
	await visitor.openNode('Gold Totals');
	const rows = await visitor.outputRows();
	step('output read');
	await visitor.picture('close-output');
	console.info(seen.join(', '));
	expect(rows.map(([agency]) => agency).sort()).toEqual([
		'BOM',
		'CKVC',
		'JAP',
		'JLI',
		'JPAL',
		'LAS',
		'RIM',
		'RMQB',
	]);
	expect(mattermost.posts.at(-1)?.message).toContain(lastMonth);
	await visitor.page.close();
});

describe('lists on real data', () => {
	beforeAll(async () => {
		await page.newWorkflow();
		await page.search('manual');
		await page.page.keyboard.press('Enter');
	});

	test.each([
		{
			words: 'pipeline',
			name: 'Databricks Pipeline Update',
			action: 'Run an update',
			field: 'pipeline',
			wanted: ['scout_etl'],
		},
		{
			words: 'predict',
			name: 'Databricks Model Predict',
			field: 'endpoint',
			wanted: ['bir-tax-forecaster'],
		},
	])('$name', async ({ words, name, action, field, wanted }) => {
		await page.add(words, name, action);
		expect(await page.openList(field)).toEqual(wanted);
		await page.picture(words === 'predict' ? 'model-predict' : 'pipeline-update');
		await page.byId('rlc-item').first().click();
		await page.closeNode();
	});
});

test('a failed job says its cause and what to do', async () => {
	await page.newWorkflow();
	await page.search('manual');
	await page.page.keyboard.press('Enter');
	await page.add('run job', 'Databricks Run Job', 'Run job');
	await page.pick('job', 'bir_month_end');
	await page.field('month').locator('input').fill('1999-01');
	await page.byId('node-execute-button').click();
	const panel = page.byId('output-panel');
	await panel
		.getByText(/ingest_check/)
		.first()
		.waitFor({ timeout: 120_000 });
	await page.picture('run-job-failed');
	expect(await panel.innerText()).toContain('1999-01');
	await page.closeNode();
});

test('a published Delta trigger fires on the rows of a table', async () => {
	const { lakehouse } = editor.surroundings.workspace;
	const run = async (statement: string) => await lakehouse.run(statement, { user: 'test' });
	await run('DROP TABLE IF EXISTS sandbox.bir.filings');
	await run(
		'CREATE TABLE sandbox.bir.filings (agency STRING, amount DECIMAL(18,2)) TBLPROPERTIES (delta.enableChangeDataFeed = true)',
	);
	await page.newWorkflow();
	await page.add('delta', 'Databricks Delta', 'On row changes');
	await page.pick('warehouse', 'Serverless Starter Warehouse');
	await page.field('warehouseUse').click();
	await page.page.getByText('At Every Poll', { exact: true }).click();
	await page.pick('catalog', 'sandbox');
	await page.pick('schema', 'bir');
	expect(await page.openList('table')).toContain('filings');
	await page.picture('delta-trigger');
	await page.byId('rlc-item').getByText('filings', { exact: true }).click();
	await page.closeNode();
	await page.add('no operation', 'No Operation, do nothing');
	await page.closeNode();
	await page.publish();
	await page.settle();
	const id = /workflow\/([^/?]+)/.exec(page.page.url())?.[1] ?? '';
	// The first poll, which says where the trigger begins, belongs to the publication.
	await editor.untilPublished(id);
	expect(await editor.api.executionsOf(id)).toEqual([]);
	await run("INSERT INTO sandbox.bir.filings VALUES ('RIM', 450000.50), ('LAS', 12.00)");
	const deadlineMs = Date.now() + 150_000;
	let executions = await editor.api.executionsOf(id);
	while (executions.length === 0 && Date.now() < deadlineMs) {
		await page.page.waitForTimeout(1_000);
		executions = await editor.api.executionsOf(id);
	}
	expect(executions.map(({ status }) => status)).toEqual(['success']);
	await page.page.goto(`${editor.url}/workflow/${id}/executions/${executions[0]?.id}`);
	await page.page.getByText('2 items').first().waitFor();
	await page.picture('delta-trigger-fired');
});

test('the icons are there in the dark theme, too', async () => {
	const dark = await EditorPage.open(browser, editor.url, 'dark');
	await dark.signIn(editor.owner);
	await dark.openWorkflow(closeId);
	await dark.search('lakehouse');
	const icons = dark.page.locator('img[src*="databricks-lakehouse"]');
	const widths = await icons.evaluateAll((images) =>
		images.map((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)),
	);
	expect(widths.length).toBeGreaterThan(5);
	expect(Math.min(...widths)).toBeGreaterThan(0);
	await dark.picture('dark-theme');
	await dark.page.close();
});

test('n8n killed during a close: one run for the month, and the second start finishes well', async () => {
	const month = addMonths(lastMonth, -1);
	const copy = await editor.copyOfClose(closeId, month);
	const first = await editor.api.run(copy, 'Close Now');
	await editor.untilRunning(month);
	const startMs = await editor.crash();
	const afterCrash = await editor.api.execution(first);
	const second = await editor.api.run(copy, 'Close Now');
	await editor.untilEnded(second);
	const runs = await editor.runsFor(month);
	console.info(
		`n8n ready ${Math.round(startMs)} ms after kill -9; first execution '${afterCrash.status}', runs of ${month}: ${runs.join(', ')}`,
	);
	expect(afterCrash.status).toBe('crashed');
	expect(runs).toEqual(['SUCCESS']);
	expect((await editor.api.execution(second)).status).toBe('success');
	await page.page.goto(`${editor.url}/workflow/${copy}/executions`);
	await page.page.getByText('Succeeded').first().waitFor();
	await page.picture('after-kill');
});
