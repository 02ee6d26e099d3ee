import { resolve } from 'node:path';
import { NodeHelpers, type INode, type INodeParameters, Workflow } from 'n8n-workflow';
import { createEngine } from '../../tooling/engine/engine';

const root = resolve(__dirname, '../..');
const packageName = 'n8n-nodes-databricks-lakehouse';
const engine = createEngine({
	packageDirectories: [resolve(root, 'node_modules/n8n-nodes-base'), root],
});
beforeAll(() => engine.load());

const listed = (value: string, cachedResultName = value) => ({
	__rl: true,
	mode: 'list',
	value,
	cachedResultName,
});
const table = { catalog: listed('gold'), schema: listed('bir'), table: listed('totals') };
const typed = { __rl: true, mode: 'name', value: 'gold.bir.totals' };

/** What stands under a node on the canvas, as n8n's own expressions give it. */
const cases: [node: string, parameters: INodeParameters, subtitle: string][] = [
	['RunJob', { job: listed('1', 'close') }, 'Run: close'],
	['RunJob', { operation: 'getRun', run: listed('2', 'close of May') }, 'Get Run: close of May'],
	['RunJob', {}, 'Run'],
	['PipelineUpdate', { pipeline: listed('p', 'scout_etl') }, 'Refresh: scout_etl'],
	['SqlStatement', { statement: ' SELECT  a,\n b FROM t' }, 'SELECT a, b FROM'],
	['SqlStatement', {}, 'Execute Query'],
	['SqlStatement', { operation: 'insertRows', ...table }, 'Insert Rows: gold.bir.totals'],
	[
		'SqlStatement',
		{ operation: 'upsertRows', table: typed },
		'Insert or Update Rows: gold.bir.totals',
	],
	['SqlStatement', { operation: 'getStatement', statementId: 'x' }, 'Get Statement'],
	['ModelPredict', { endpoint: listed('forecaster') }, 'Predict: forecaster'],
	['RunTrigger', { job: listed('1', 'close') }, 'Run Failed: close'],
	[
		'RunTrigger',
		{ watch: 'pipelines', which: 'all', events: ['started', 'long'] },
		'Run Started, Run Longer Than a Limit: All Pipelines',
	],
	['RunTrigger', { which: 'tag', tag: 'system=bir' }, 'Run Failed: system=bir'],
	['DeltaTrigger', table, 'Row Changes: gold.bir.totals'],
	['DeltaTrigger', { event: 'condition' }, 'Query Condition'],
	['DeltaCheckpoint', { consumer: 'odoo' }, 'Acknowledge: odoo'],
	['DeltaCheckpoint', { operation: 'reset' }, 'Reset'],
	['VolumeFile', { path: '/Volumes/a/b/c' }, 'Upload: /Volumes/a/b/c'],
];

test.each(cases)('%s with %j', (name, parameters, expected) => {
	const type = `${packageName}.databricks${name}`;
	const { description } = engine.nodeTypes.getByNameAndVersion(type);
	const all = NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		{ typeVersion: 1 },
		description,
	);
	const node: INode = {
		id: '1',
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: all ?? {},
	};
	const { nodeTypes } = engine;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const shown = workflow.expression.getSimpleParameterValue(
		node,
		description.subtitle,
		'internal',
		{},
	);
	expect(shown).toBe(expected);
});
