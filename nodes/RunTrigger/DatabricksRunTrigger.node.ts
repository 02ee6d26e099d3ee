import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchJobs } from '../n8n/jobLocator';
import { searchPipelines } from '../n8n/pipelineLocator';
import { subtitle } from '../n8n/subtitle';
import { runTriggerFields, subtitleParts } from './fields';
import { pollRuns } from './runTrigger';

export class DatabricksRunTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Run Trigger',
		name: 'databricksRunTrigger',
		icon: { light: 'file:../icons/runTrigger.svg', dark: 'file:../icons/runTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: subtitle(subtitleParts.events, subtitleParts.object),
		description:
			'Starts the workflow when job runs or pipeline updates start, succeed, fail, are cancelled or take long',
		defaults: { name: 'Databricks Run Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: runTriggerFields,
	};

	methods = { listSearch: { searchJobs, searchPipelines } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollRuns(this);
	}
}
