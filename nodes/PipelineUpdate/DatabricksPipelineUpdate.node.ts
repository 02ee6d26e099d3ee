import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchPipelines } from '../n8n/pipelineLocator';
import { pickedName, subtitle } from '../n8n/subtitle';
import { pipelineUpdateFields } from './operations';
import { updatePipelines } from './pipelineUpdate';
import { getTables } from './pipelineTables';

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
		subtitle: subtitle(
			'($parameter["operation"] === "run" ? ({ all: "Refresh", full: "Full Refresh", tables: "Refresh Tables", validate: "Validate" })[$parameter["refresh"]] : ({ wait: "Wait for Update", getUpdate: "Get Update", listUpdates: "List Updates", getEvents: "Get Events", stop: "Stop" })[$parameter["operation"]])',
			pickedName('pipeline'),
		),
		description: 'Update a Lakeflow pipeline, wait for it and check the quality of its data',
		defaults: { name: 'Databricks Pipeline Update' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs:
			'={{ ["run", "wait"].includes($parameter["operation"]) && $parameter["qualityGate"] === true && $parameter["whenGateCloses"] === "output" && ($parameter["operation"] === "wait" || $parameter["wait"] === true) ? [{ type: "main", displayName: "Passed" }, { type: "main", displayName: "Gate Closed" }] : ["main"] }}',
		credentials: databricksCredentials,
		properties: pipelineUpdateFields,
	};

	methods = { listSearch: { searchPipelines }, loadOptions: { getTables } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await updatePipelines(this);
	}
}
