import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../../databricks/errors';
import type { Workspace } from '../../databricks/workspace';
import { isRecord, type Parameters } from '../../n8n/parameters';
import { pipelineField, pipelineIdOf } from '../../n8n/pipelineLocator';
import { warehouseField, warehouseIdOf } from '../../n8n/warehouseLocator';
import { parameterText, textValues } from './parameterFields';

const kinds = ['notebook', 'pipeline', 'pythonFile', 'sqlFile', 'json'] as const;
type Kind = (typeof kinds)[number];

/** Serverless Python outside of notebooks runs in an environment of this version. */
const usualEnvironmentVersion = '4';

function shownFor(...of: Kind[]): Pick<INodeProperties, 'displayOptions'> {
	return { displayOptions: { show: { taskKind: of } } };
}

/** What Run Once runs: one task with fields of its own, or tasks as JSON. */
export const definitionFields: INodeProperties[] = [
	{
		displayName: 'Run',
		name: 'taskKind',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Notebook', value: 'notebook' },
			{ name: 'Pipeline', value: 'pipeline' },
			{ name: 'Python File', value: 'pythonFile' },
			{ name: 'SQL File', value: 'sqlFile' },
			{
				name: 'Tasks as JSON',
				value: 'json',
				description: 'A definition by the names of the Jobs API, with any number and kind of tasks',
			},
		],
		default: 'notebook',
		description: 'What to run',
	},
	{
		displayName: 'Run Name',
		name: 'runName',
		type: 'string',
		default: '',
		placeholder: 'e.g. Late rows of October',
		description: 'The name under which Databricks shows the run',
	},
	{
		displayName: 'Path',
		name: 'taskPath',
		type: 'string',
		required: true,
		...shownFor('notebook', 'pythonFile', 'sqlFile'),
		default: '',
		placeholder: 'e.g. /Workspace/Shared/close/late_rows',
		description: 'Path of the notebook or file in the workspace',
	},
	{ ...warehouseField, ...shownFor('sqlFile') },
	{ ...pipelineField, ...shownFor('pipeline') },
	{
		displayName: 'Full Refresh',
		name: 'taskFullRefresh',
		type: 'boolean',
		...shownFor('pipeline'),
		default: false,
		description: 'Whether the pipeline forgets what its tables hold and computes them anew',
	},
	{
		displayName: 'Parameters (JSON)',
		name: 'taskParameters',
		type: 'json',
		...shownFor('notebook', 'sqlFile'),
		default: '{}',
		placeholder: 'e.g. { "month": "2026-10" }',
		description: 'A JSON object of names and values',
	},
	{
		displayName: 'Arguments (JSON)',
		name: 'taskArguments',
		type: 'json',
		...shownFor('pythonFile'),
		default: '[]',
		placeholder: 'e.g. ["--month", "2026-10"]',
		description: 'A JSON list of texts, in their order',
	},
	{
		displayName: 'Cluster ID',
		name: 'taskClusterId',
		type: 'string',
		...shownFor('notebook', 'pythonFile'),
		default: '',
		placeholder: 'e.g. 1107-090000-abcd1234',
		description: 'The cluster to run on; empty for serverless compute',
	},
	{
		displayName: 'Definition (JSON)',
		name: 'taskDefinition',
		type: 'json',
		...shownFor('json'),
		default: '{ "tasks": [] }',
		description:
			'The body of runs/submit, or only its list of tasks: https://docs.databricks.com/api/workspace/jobs/submit',
	},
];

/** The definition of one item. Throws DatabricksError (badRequest) that names the wrong field. */
export async function readDefinition(
	workspace: Workspace,
	parameters: Parameters,
): Promise<Record<string, unknown>> {
	const kind = parameters.choice('taskKind', 'Run', kinds);
	const named = { run_name: parameters.optionalText('runName') };
	if (kind === 'json') return { ...named, ...readJson(parameters) };
	return { ...named, ...(await readTask(kind, workspace, parameters)) };
}

async function readTask(
	kind: Exclude<Kind, 'json'>,
	workspace: Workspace,
	parameters: Parameters,
): Promise<Record<string, unknown>> {
	const path = () => parameters.requiredText('taskPath', 'Path');
	const cluster = parameters.optionalText('taskClusterId');
	const onCluster = cluster === undefined ? {} : { existing_cluster_id: cluster };
	const values = () =>
		textValues(parameters.optionalObject('taskParameters', 'Parameters (JSON)') ?? {});
	switch (kind) {
		case 'notebook': {
			const task = { notebook_path: path(), base_parameters: values(), source: 'WORKSPACE' };
			return { tasks: [{ task_key: 'notebook', notebook_task: task, ...onCluster }] };
		}
		case 'pythonFile': {
			const given = parameters.optionalArray('taskArguments', 'Arguments (JSON)') ?? [];
			const task = { python_file: path(), parameters: given.map(parameterText) };
			const python = { task_key: 'python', spark_python_task: task };
			if (cluster !== undefined) return { tasks: [{ ...python, ...onCluster }] };
			const spec = { environment_version: usualEnvironmentVersion };
			return {
				tasks: [{ ...python, environment_key: 'default' }],
				environments: [{ environment_key: 'default', spec }],
			};
		}
		case 'sqlFile': {
			const warehouse = parameters.locator('warehouse', 'SQL Warehouse');
			const task = {
				warehouse_id: await warehouseIdOf(workspace, warehouse),
				file: { path: path(), source: 'WORKSPACE' },
				parameters: values(),
			};
			return { tasks: [{ task_key: 'sql', sql_task: task }] };
		}
		case 'pipeline': {
			const pipeline = parameters.locator('pipeline', 'Pipeline');
			const task = {
				pipeline_id: await pipelineIdOf(workspace, pipeline),
				full_refresh: parameters.flag('taskFullRefresh'),
			};
			return { tasks: [{ task_key: 'pipeline', pipeline_task: task }] };
		}
	}
}

/** The token is this node's, so one in the definition is not sent. */
function readJson(parameters: Parameters): Record<string, unknown> {
	const label = 'Definition (JSON)';
	const name = 'taskDefinition';
	const {
		idempotency_token: _token,
		tasks,
		...more
	}: Record<string, unknown> = parameters.isList(name)
		? { tasks: parameters.optionalArray(name, label) }
		: (parameters.optionalObject(name, label) ?? {});
	if (Array.isArray(tasks) && tasks.length > 0 && tasks.every(isRecord)) return { ...more, tasks };
	throw new DatabricksError({
		kind: 'badRequest',
		message: `'${label}' has no tasks.`,
		hint: 'Write it as in { "tasks": [{ "task_key": "main", "notebook_task": { "notebook_path": "/Workspace/Shared/main" } }] }.',
	});
}
