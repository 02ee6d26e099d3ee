import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchEndpoints } from '../n8n/endpointLocator';
import { pickedName, subtitle } from '../n8n/subtitle';
import { mapModelColumns } from './mapModelColumns';
import { predictItems } from './modelPredict';
import { modelPredictFields } from './operations';

export class DatabricksModelPredict implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Model Predict',
		name: 'databricksModelPredict',
		icon: { light: 'file:../icons/modelPredict.svg', dark: 'file:../icons/modelPredict.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitle(
			'({ predict: "Predict", chat: "Chat", completion: "Complete Text", embedding: "Embed Text" })[$parameter["operation"]]',
			pickedName('endpoint'),
		),
		description: 'Ask a served model for a prediction for each item, many items in one request',
		defaults: { name: 'Databricks Model Predict' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: modelPredictFields,
	};

	methods = { listSearch: { searchEndpoints }, resourceMapping: { mapModelColumns } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await predictItems(this);
	}
}
