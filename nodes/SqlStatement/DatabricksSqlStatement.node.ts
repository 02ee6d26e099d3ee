import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { choiceName, pickedTable, subtitle } from '../n8n/subtitle';
import { searchCatalogs, searchSchemas, searchTables } from '../n8n/tableLocators';
import { searchWarehouses } from '../n8n/warehouseLocator';
import { operations, sqlStatementFields } from './fields';
import { runOperation } from './sqlStatement';
import { getTableColumns } from './tableColumns';

export class DatabricksSqlStatement implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks SQL Statement',
		name: 'databricksSqlStatement',
		icon: { light: 'file:../icons/sqlStatement.svg', dark: 'file:../icons/sqlStatement.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitle(
			`($parameter["operation"] === "executeQuery" && $parameter["statement"]?.trim().split(/\\s+/).slice(0, 4).join(" ") || ${choiceName('operation', operations)})`,
			`(["copyInto", "insertRows", "upsertRows"].includes($parameter["operation"]) && ${pickedTable})`,
		),
		description:
			'Execute SQL with bound parameters, get typed rows of any number, and write items to tables',
		defaults: { name: 'Databricks SQL Statement' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: sqlStatementFields,
	};

	methods = {
		listSearch: { searchWarehouses, searchCatalogs, searchSchemas, searchTables },
		resourceMapping: { getTableColumns },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation(this);
	}
}
