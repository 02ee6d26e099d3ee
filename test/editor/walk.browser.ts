import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { shippedWorkflows, workflowId } from '../../tooling/editor/shippedWorkflows';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { addMonths, monthBefore } from '../../workspace/sample/months';
import { EditorPage, startBrowser } from './editorPage';
import { EditorUnderTest, until } from './editorUnderTest';

const closeId = workflowId('month-end-close.json');
const lastMonth = monthBefore(new Date());
const agencies = ['BOM', 'CKVC', 'JAP', 'JLI', 'JPAL', 'LAS', 'RIM', 'RMQB'];
const totals = `SELECT agency, transaction_count, withholding_tax FROM gold.bir.monthly_totals WHERE period = DATE '${lastMonth}-01' ORDER BY agency`;

let editor: EditorUnderTest;
let browser: Browser;
let page: EditorPage;
/** The workflow with the Delta Trigger: published first, looked at when its next poll has come. */
let watching = '';

beforeAll(async () => {
	browser = await startBrowser();
	editor = await EditorUnderTest.open('fresh');
	page = await EditorPage.open(browser, editor.url);
	await page.signIn(editor.owner);
}, 600_000);

afterAll(async () => {
	await browser?.close();
	await editor?.close();
}, 60_000);

const run = async (statement: string) =>
	await editor.surroundings.workspace.lakehouse.run(statement, { user: 'test' });

const nodes = [
	'Databricks Run Job',
	'Databricks Pipeline Update',
	'Databricks SQL Statement',
	'Databricks Model Predict',
	'Databricks Delta Checkpoint',
	'Databricks Volume File',
];

describe('the node creator', () => {
	beforeAll(async () => await page.openWorkflow(closeId));

	test.each([
		['databricks', nodes],
		['lakehouse', [...nodes, 'Databricks Delta', 'Databricks Run']],
		['run job', ['Databricks Run Job']],
		['sql warehouse', ['Databricks SQL Statement']],
		['predict', ['Databricks Model Predict']],
		['delta', ['Databricks Delta', 'Databricks Delta Checkpoint']],
		['lakeflow', ['Databricks Pipeline Update']],
		['volume', ['Databricks Volume File']],
	])('finds by %p', async (words, wanted) => {
		await page.search(words, wanted);
		if (words === 'lakehouse') {
			await page.picture('node-creator', { x: 640, y: 0, width: 640, height: 800 });
		}
	});
});

test('a Delta trigger is built by hand and published', async () => {
	await run('DROP TABLE IF EXISTS sandbox.bir.filings');
	await run(
		'CREATE TABLE sandbox.bir.filings (agency STRING, amount DECIMAL(18,2)) TBLPROPERTIES (delta.enableChangeDataFeed = true)',
	);
	await page.newWorkflow();
	await page.add('delta', 'Databricks Delta', 'On row changes');
	await page.pick('warehouse', 'Serverless Starter Warehouse');
	await page.choose('warehouseUse', 'At Every Poll');
	await page.pick('catalog', 'sandbox');
	await page.pick('schema', 'bir');
	await page.pick('table', 'filings');
	await page.closeNode();
	await page.add('no operation', 'No Operation, do nothing');
	await page.closeNode();
	await page.publish();
	watching = page.workflowId();
	// The first poll, which says where the trigger begins, belongs to the publication.
	await editor.untilPublished(watching);
	expect(await editor.api.executionsOf(watching)).toEqual([]);
	await run("INSERT INTO sandbox.bir.filings VALUES ('RIM', 450000.50), ('LAS', 12.00)");
});

test('a job and a statement are built by hand, with a credential made in its dialog', async () => {
	const { host, token } = editor.surroundings.workspace;
	await page.newManualWorkflow();
	await page.add('run job', 'Databricks Run Job', 'Run job');
	await page.newCredential('Access Token');
	await page.fill('host', `${host}/?o=1#job/1`);
	await page.fill('token', 'dapi-not-this-one');
	await page.byId('credential-save-button').click();
	await page.page.getByText('Couldn’t connect with these settings').waitFor();
	await page.fill('token', token);
	await page.byId('credential-save-button').click();
	await page.byId('credential-edit-dialog').waitFor({ state: 'hidden' });

	expect(await page.openList('job')).toEqual(['bir_month_end']);
	await page.page.keyboard.type('bir');
	await page.entry('bir_month_end').click();
	await page.fill('month', lastMonth);
	await page.picture('run-job');
	await page.closeNode();
	await page.node('Databricks Run Job').getByText('Run: bir_month_end').waitFor();

	await page.add('sql statement', 'Databricks SQL Statement', 'Execute query');
	expect(await page.openList('warehouse')).toEqual(['Serverless Starter Warehouse']);
	await page.entry('Serverless Starter Warehouse').click();
	await page.write('statement', totals);
	await page.picture('sql-statement');
	await page.closeNode();

	await page.execute();
	await page.waitForSuccess('Databricks SQL Statement');
	await page.picture('built-by-hand');
	await page.openNode('Databricks SQL Statement');
	const { rows } = await run(totals);
	expect(rows).toHaveLength(agencies.length);
	expect(await page.outputRows()).toEqual(rows);
	await page.picture('sql-output');
	await page.closeNode();
});

test('every shipped workflow opens without an unknown node or a missing field', async () => {
	const nodeSchema = z.object({ nodes: z.array(z.object({ type: z.string() })) });
	for (const [id, file] of await shippedWorkflows(repositoryRoot(__dirname))) {
		const parsed = nodeSchema.parse(JSON.parse(await readFile(file, 'utf8')));
		const shown = parsed.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
		await page.openWorkflow(id, shown.length);
		expect(await page.byId('node-issues').count()).toBe(0);
		expect(await page.page.getByText(/not (?:found|installed)|unrecognized/i).count()).toBe(0);
		await page.picture(`workflow-${id.slice(0, 13)}`);
	}
});

test('a new user signs in, runs the close and reads its figures', async () => {
	const startMs = performance.now();
	const { mattermost } = editor.surroundings.neighbours;
	const seen: string[] = [];
	const step = (name: string) =>
		seen.push(`${name} ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
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
	expect(rows.map(([agency]) => agency).sort()).toEqual(agencies);
	expect(mattermost.posts.at(-1)?.message).toContain(lastMonth);
	await visitor.page.close();
});

test('a failed job says its cause, what to do, and where to look', async () => {
	await page.newManualWorkflow();
	await page.add('run job', 'Databricks Run Job', 'Run job');
	await page.pick('job', 'bir_month_end');
	await page.fill('month', '1999-01');
	await page.byId('node-execute-button').click();
	const panel = page.byId('output-panel');
	await panel.getByText('No Scout export for 1999-01').first().waitFor();
	await page.picture('run-job-failed');
	const said = await panel.innerText();
	expect(said).toContain('Task "ingest_check" of run');
	expect(said).toContain("the operation 'Repair Run' runs the failed tasks only");
	const link = panel.getByRole('link', { name: 'Open in Databricks' });
	expect(await link.getAttribute('href')).toContain(editor.surroundings.workspace.host);
	await page.closeNode();
});

test('the published trigger has fired on the rows of its table', async () => {
	await until('an execution', async () => {
		const [execution] = await editor.api.executionsOf(watching);
		return execution?.stoppedAt != null;
	});
	const executions = await editor.api.executionsOf(watching);
	expect(executions.map(({ status }) => status)).toEqual(['success']);
	await page.page.goto(`${editor.url}/workflow/${watching}/executions/${executions[0]?.id}`);
	await page.page.getByText('2 items').first().waitFor();
	await page.picture('delta-trigger-fired');
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
