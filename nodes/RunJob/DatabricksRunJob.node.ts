import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchJobs } from '../n8n/jobLocator';
import { runJobFields } from './fields';
import { runJobs } from './runJob';

export class DatabricksRunJob implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Run Job',
		name: 'databricksRunJob',
		icon: { light: 'file:../icons/runJob.svg', dark: 'file:../icons/runJob.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ $parameter["wait"] ? "Run and Wait" : "Start" }}: {{ $parameter["job"]["cachedResultName"] || $parameter["job"]["value"] }}',
		description: 'Start a Databricks job once, wait for it and get the output of its tasks',
		defaults: { name: 'Databricks Run Job' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: runJobFields,
	};

	methods = { listSearch: { searchJobs } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runJobs(this);
	}
}
