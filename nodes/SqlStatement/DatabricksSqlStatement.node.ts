import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchWarehouses } from '../n8n/warehouseLocator';
import { sqlStatementFields } from './fields';
import { runOperation } from './sqlStatement';

export class DatabricksSqlStatement implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks SQL Statement',
		name: 'databricksSqlStatement',
		icon: { light: 'file:../icons/sqlStatement.svg', dark: 'file:../icons/sqlStatement.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["statement"].trim().split(/\\s+/).slice(0, 4).join(" ") }}',
		description: 'Execute a SQL statement with bound parameters and get typed rows of any number',
		defaults: { name: 'Databricks SQL Statement' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: sqlStatementFields,
	};

	methods = { listSearch: { searchWarehouses } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this);
	}
}
