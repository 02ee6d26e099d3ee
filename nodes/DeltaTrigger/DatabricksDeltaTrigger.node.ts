import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { searchCatalogs, searchSchemas, searchTables } from '../n8n/tableLocators';
import { searchWarehouses } from '../n8n/warehouseLocator';
import { pollTable } from './deltaTrigger';
import { deltaTriggerFields } from './fields';

export class DatabricksDeltaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Delta Trigger',
		name: 'databricksDeltaTrigger',
		icon: { light: 'file:../icons/deltaTrigger.svg', dark: 'file:../icons/deltaTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ [$parameter["catalog"]["value"], $parameter["schema"]["value"], $parameter["table"]["value"]].filter((part) => part).join(".") }}',
		description: 'Starts the workflow when rows of a Delta table are inserted, updated or deleted',
		defaults: { name: 'Databricks Delta Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: deltaTriggerFields,
	};

	methods = {
		listSearch: { searchWarehouses, searchCatalogs, searchSchemas, searchTables },
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollTable(this);
	}
}
