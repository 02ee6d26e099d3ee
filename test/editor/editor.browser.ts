import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { z } from 'zod';
import { shippedWorkflows, workflowId } from '../../tooling/editor/shippedWorkflows';
import { repositoryRoot } from '../../tooling/start/repositoryRoot';
import { monthBefore } from '../../workspace/sample/months';
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

	await page.add('run job', 'Databricks Run Job');
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
	await page.picture('run-job');
	await page.page.keyboard.type('bir');
	await page.byId('rlc-item').getByText('bir_month_end').click();
	await page.addPair('jobParameters', 'month', lastMonth);
	await page.closeNode();

	await page.add('sql statement', 'Databricks SQL Statement');
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
	expect(editor.surroundings.neighbours.mattermost.posts.at(-1)?.message).toContain(lastMonth);
	await visitor.page.close();
});
