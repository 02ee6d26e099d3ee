import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { authenticationField, databricksCredentials } from '../n8n/authentication';
import { searchJobs } from '../n8n/jobLocator';
import { searchPipelines } from '../n8n/pipelineLocator';
import { searchRuns } from '../n8n/runLocator';
import { choiceName, pickedName, subtitle } from '../n8n/subtitle';
import { searchWarehouses } from '../n8n/warehouseLocator';
import { mapJobParameters } from './fields/jobParameterMapping';
import { fieldsOf } from './operation';
import { operations } from './operations';
import { runJobs } from './runJob';

export class DatabricksRunJob implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Run Job',
		name: 'databricksRunJob',
		icon: { light: 'file:../icons/runJob.svg', dark: 'file:../icons/runJob.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitle(
			choiceName('operation', operations),
			`(${pickedName('job')} || ${pickedName('run')})`,
		),
		description:
			'Start a Databricks job once, wait for it, get the output of its tasks; follow, repair and cancel runs',
		defaults: { name: 'Databricks Run Job' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: [authenticationField, ...fieldsOf(operations, 'run')],
	};

	methods = {
		listSearch: { searchJobs, searchRuns, searchPipelines, searchWarehouses },
		resourceMapping: { mapJobParameters },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runJobs(this);
	}
}
