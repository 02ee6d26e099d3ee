import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchPipelines } from '../n8n/pipelineLocator';
import { pipelineUpdateFields } from './fields';
import { updatePipelines } from './pipelineUpdate';

export class DatabricksPipelineUpdate implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Pipeline Update',
		name: 'databricksPipelineUpdate',
		icon: {
			light: 'file:../icons/pipelineUpdate.svg',
			dark: 'file:../icons/pipelineUpdate.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ all: "Refresh", full: "Full Refresh", tables: "Refresh Tables" })[$parameter["refresh"]] }}: {{ $parameter["pipeline"]["cachedResultName"] || $parameter["pipeline"]["value"] }}',
		description: 'Update a Lakeflow pipeline, wait for it and check the quality of its data',
		defaults: { name: 'Databricks Pipeline Update' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: pipelineUpdateFields,
	};

	methods = { listSearch: { searchPipelines } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await updatePipelines(this);
	}
}
