import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchEndpoints } from '../n8n/endpointLocator';
import { modelPredictFields } from './fields';
import { predictItems } from './modelPredict';

export class DatabricksModelPredict implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Model Predict',
		name: 'databricksModelPredict',
		icon: { light: 'file:../icons/modelPredict.svg', dark: 'file:../icons/modelPredict.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["endpoint"] }}',
		description: 'Ask a served model for a prediction for each item, many items in one request',
		defaults: { name: 'Databricks Model Predict' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: modelPredictFields,
	};

	methods = { listSearch: { searchEndpoints } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await predictItems(this);
	}
}
