import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { choiceName, subtitle } from '../n8n/subtitle';
import { searchWarehouses } from '../n8n/warehouseLocator';
import { runDeltaCheckpoint } from './deltaCheckpoint';
import { deltaCheckpointFields, operations } from './fields';

export class DatabricksDeltaCheckpoint implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Delta Checkpoint',
		name: 'databricksDeltaCheckpoint',
		icon: {
			light: 'file:../icons/deltaCheckpoint.svg',
			dark: 'file:../icons/deltaCheckpoint.dark.svg',
		},
		group: ['transform'],
		version: 1,
		subtitle: subtitle(choiceName('operation', operations), '$parameter["consumer"]'),
		description:
			'Acknowledge changes that a Databricks Delta Trigger handed over, or look at and move its place',
		defaults: { name: 'Databricks Delta Checkpoint' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: deltaCheckpointFields,
	};

	methods = { listSearch: { searchWarehouses } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runDeltaCheckpoint(this);
	}
}
