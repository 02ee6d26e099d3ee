import type { Browser } from 'playwright-core';
import { workflowId } from '../../tooling/editor/shippedWorkflows';
import { jobsOf } from '../../workspace/jobs/jobs';
import { jobSettingsSchema } from '../../workspace/jobs/settings';
import { monthBefore } from '../../workspace/sample/months';
import { EditorPage, startBrowser } from './editorPage';
import { EditorUnderTest } from './editorUnderTest';

const lastMonth = monthBefore(new Date());
let editor: EditorUnderTest;
let browser: Browser;
let page: EditorPage;

beforeAll(async () => {
	browser = await startBrowser();
	editor = await EditorUnderTest.open('asLeft');
	page = await EditorPage.open(browser, editor.url);
	await page.signIn(editor.owner);
	for (const { id, name } of await editor.api.credentials()) {
		if (/account/.test(name)) await editor.api.call('DELETE', `/rest/credentials/${id}`);
	}
	const { lakehouse } = editor.surroundings.workspace;
	for (const statement of [
		'DROP TABLE IF EXISTS sandbox.bir.journal',
		'CREATE TABLE sandbox.bir.journal (entry_id STRING, agency STRING, amount DECIMAL(18,2), booked_on DATE) TBLPROPERTIES (delta.enableChangeDataFeed = true)',
		"INSERT INTO sandbox.bir.journal VALUES ('J-1', 'RIM', 450000.50, DATE '2026-10-31'), ('J-2', 'LAS', 12.00, DATE '2026-10-31')",
		"UPDATE sandbox.bir.journal SET amount = 14.50 WHERE entry_id = 'J-2'",
	]) {
		await lakehouse.run(statement, { user: 'test' });
	}
}, 600_000);

afterAll(async () => {
	await browser?.close();
	await editor?.close();
}, 60_000);

// First: it trains the model that others ask for its columns, and is the run that a trigger shows.
test('a run that is waited for says what happens in it', async () => {
	const said: string[] = [];
	page.page.on('console', (message) => said.push(message.text()));
	await page.newManualWorkflow();
	await page.add('run job', 'Databricks Run Job', 'Run job');
	await page.pick('job', 'bir_month_end');
	await page.fill('month', lastMonth);
	await page.byId('node-execute-button').click();
	await page.byId('output-panel').getByText('SUCCESS').first().waitFor();
	const lines = said.filter((line) => line.includes('bir_month_end '));
	for (const task of ['ingest_check', 'pipeline', 'features', 'training', 'forecasts', 'summary']) {
		expect(lines.join('\n')).toMatch(new RegExp(`task ${task} ended as SUCCESS`));
	}
	expect(lines.at(-1)).toMatch(/bir_month_end \d+: SUCCESS/);
});

describe('lists on real data', () => {
	const warehouse = 'Serverless Starter Warehouse';
	const table = { catalog: 'sandbox', schema: 'bir' };
	test.each([
		{ words: 'run job', node: 'Run Job', action: 'Run job', field: 'job', wanted: 'bir_month_end' },
		{
			words: 'lakeflow',
			node: 'Pipeline Update',
			action: 'Run update',
			field: 'pipeline',
			wanted: 'scout_etl',
		},
		{
			words: 'sql statement',
			node: 'SQL Statement',
			action: 'Insert rows',
			picked: { warehouse, ...table },
			field: 'table',
			wanted: 'journal',
		},
		{
			words: 'predict',
			node: 'Model Predict',
			action: 'Predict with model',
			field: 'endpoint',
			wanted: 'bir-tax-forecaster',
		},
		{
			words: 'checkpoint',
			node: 'Delta Checkpoint',
			action: 'Acknowledge changes',
			field: 'warehouse',
			wanted: warehouse,
		},
		{ words: 'run', node: 'Run', action: 'On run failed', field: 'job', wanted: 'bir_month_end' },
		{
			words: 'delta',
			node: 'Delta',
			action: 'On row changes',
			picked: { warehouse, ...table },
			field: 'table',
			wanted: 'journal',
		},
	])('$node: $field', async ({ words, node, action, picked, field, wanted }) => {
		await page.newManualWorkflow();
		await page.add(words, `Databricks ${node}`, action);
		for (const [name, value] of Object.entries(picked ?? {})) await page.pick(name, value);
		expect(await page.openList(field)).toContain(wanted);
		const trigger = action.startsWith('On ') ? '-trigger' : '';
		await page.picture(`list-${node.toLowerCase().replace(/ /g, '-')}${trigger}`);
	});
});

test('a list of several pages of the API is whole, and is searched', async () => {
	const { workspace } = editor.surroundings;
	const jobs = jobsOf(workspace);
	const names = Array.from({ length: 120 }, (_, at) => `ledger ${String(at).padStart(3, '0')}`);
	const made: string[] = [];
	for (const name of names) {
		const tasks = [{ task_key: 'close', notebook_task: { notebook_path: '/Shared/close' } }];
		made.push(await jobs.create(jobSettingsSchema.parse({ name, tasks }), workspace.user));
	}
	try {
		await page.newManualWorkflow();
		await page.add('run job', 'Databricks Run Job', 'Run job');
		expect(await page.openList('job')).toEqual(['bir_month_end', ...names]);
		await page.page.keyboard.type('LEDGER 11');
		await page.entry('ledger 000').waitFor({ state: 'hidden' });
		await page.entry('ledger 117').waitFor();
		expect(await page.entries()).toEqual(names.slice(110));
		await page.picture('list-searched');
		await page.entry('ledger 117').click();
	} finally {
		for (const id of made) await jobs.delete(id);
	}
});

test('the mapper of an upsert has the columns of the table, and those to match on', async () => {
	await page.newManualWorkflow();
	await page.add('sql statement', 'Databricks SQL Statement', 'Insert or update rows');
	await page.pick('catalog', 'sandbox');
	await page.pick('schema', 'bir');
	await page.pick('table', 'journal');
	await page.byId('mapping-mode-select').click();
	await page.option('Map Each Column Manually').click();
	await page.byId('matching-column-select').click();
	await page.option('entry_id').click();
	await page.settle();
	for (const column of ['entry_id', 'agency', 'amount', 'booked_on']) {
		expect(await page.field(column).count()).toBe(1);
	}
	await page.field('booked_on').scrollIntoViewIfNeeded();
	await page.picture('upsert-mapper');
});

test('the mapper of a prediction has the columns of the model', async () => {
	await page.newManualWorkflow();
	await page.add('predict', 'Databricks Model Predict', 'Predict with model');
	await page.pick('endpoint', 'bir-tax-forecaster');
	await page.choose('recordMode', 'Model Columns');
	await page.field('rolling_12m_avg').scrollIntoViewIfNeeded();
	await page.picture('model-columns');
});

test('a closed quality gate has an output of its own, and a full refresh asks first', async () => {
	await page.newManualWorkflow();
	await page.add('lakeflow', 'Databricks Pipeline Update', 'Run update');
	await page.pick('pipeline', 'scout_etl');
	await page.choose('refresh', 'All Tables From Scratch');
	await page.field('confirmFullRefresh').waitFor();
	await page.field('qualityGate').click();
	await page.choose('whenGateCloses', 'Use the Second Output');
	await page.picture('quality-gate');
	await page.byId('node-execute-button').click();
	await page.byId('output-panel').getByText('was not confirmed').first().waitFor();
	await page.closeNode();
	await page.page.getByText('Gate Closed').waitFor();
	await page.picture('quality-gate-outputs');
});

test('files of a volume are listed', async () => {
	await page.newManualWorkflow();
	await page.add('volume', 'Databricks Volume File', 'List files of folder');
	await page.fill('path', '/Volumes/bronze/scout/landing/RIM');
	await page.byId('node-execute-button').click();
	expect((await page.outputRows()).length).toBeGreaterThan(5);
	await page.picture('volume-file');
});

describe('a manual test of a trigger shows real events', () => {
	test('Run Trigger', async () => {
		await page.newWorkflow();
		await page.add('run', 'Databricks Run', 'On run succeeded');
		await page.pick('job', 'bir_month_end');
		await page.byId('node-execute-button').click();
		const [row] = await page.outputRows();
		expect(row).toContain('bir_month_end');
		await page.picture('run-trigger-test');
	});

	test('Delta Trigger', async () => {
		await page.newWorkflow();
		await page.add('delta', 'Databricks Delta', 'On row changes');
		await page.pick('warehouse', 'Serverless Starter Warehouse');
		await page.pick('catalog', 'sandbox');
		await page.pick('schema', 'bir');
		await page.pick('table', 'journal');
		await page.byId('node-execute-button').click();
		const rows = await page.outputRows();
		expect(rows.length).toBeGreaterThan(0);
		expect(rows.flat()).toContain('update_postimage');
		await page.picture('delta-trigger-test');
	});
});

test('the icons are there in the dark theme, too', async () => {
	const dark = await EditorPage.open(browser, editor.url, 'dark');
	await dark.signIn(editor.owner);
	await dark.openWorkflow(workflowId('month-end-close.json'));
	await dark.search('lakehouse', ['Databricks Run Job']);
	const icons = dark.page.locator('img[src*="databricks-lakehouse"]');
	const widths = await icons.evaluateAll((images) =>
		images.map((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0)),
	);
	expect(widths.length).toBeGreaterThan(5);
	expect(Math.min(...widths)).toBeGreaterThan(0);
	await dark.picture('dark-theme', { x: 640, y: 0, width: 640, height: 800 });
	await dark.page.close();
});

// Last: a new node takes the newest credential, which a dialog that stops half-way leaves refused.
describe('credential dialogs', () => {
	test.each([
		{
			kind: 'Access Token',
			secret: 'token',
			picture: 'token',
			says: 'does not let this token in',
		},
		{
			kind: 'OAuth2 (Service Principal)',
			secret: 'clientSecret',
			picture: 'oauth2',
			says: 'does not accept this service principal',
		},
	] as const)('$kind: refused, then accepted', async ({ kind, secret, picture, says }) => {
		const { host, token, clientId, clientSecret } = editor.surroundings.workspace;
		await page.newManualWorkflow();
		await page.add('run job', 'Databricks Run Job', 'Run job');
		await page.newCredential(kind);
		await page.fill('host', host);
		if (secret === 'clientSecret') await page.fill('clientId', clientId);
		await page.fill(secret, 'not-this-one');
		await page.byId('credential-save-button').click();
		await page.page.getByText('Couldn’t connect with these settings').waitFor();
		await page.page.getByText('More details').click();
		await page.page.getByText(says).waitFor();
		await page.picture(`credential-${picture}-refused`);
		await page.fill(secret, secret === 'token' ? token : clientSecret);
		await page.byId('credential-save-button').click();
		await page.byId('credential-edit-dialog').waitFor({ state: 'hidden' });
		await page.byId('credential-edit-button').click();
		await page.page.getByText('Connection tested successfully').waitFor();
		await page.picture(`credential-${picture}-accepted`);
	});
});
