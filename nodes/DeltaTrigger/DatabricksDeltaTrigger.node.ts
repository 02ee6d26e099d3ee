import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { choiceName, pickedTable, subtitle } from '../n8n/subtitle';
import { searchCatalogs, searchSchemas, searchTables } from '../n8n/tableLocators';
import { searchWarehouses } from '../n8n/warehouseLocator';
import { pollTable } from './deltaTrigger';
import { deltaTriggerFields, eventChoices } from './fields';

/** Changes that were given up leave by an output of their own, where that is chosen. */
const secondOutput =
	'={{ $parameter["delivery"] === "acknowledgement" && $parameter["afterLastAttempt"] === "secondOutput" ? [{ type: "main", displayName: "Changes" }, { type: "main", displayName: "Given Up" }] : ["main"] }}';

export class DatabricksDeltaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Delta Trigger',
		name: 'databricksDeltaTrigger',
		icon: { light: 'file:../icons/deltaTrigger.svg', dark: 'file:../icons/deltaTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: subtitle(
			choiceName('event', eventChoices),
			`($parameter["event"] !== "condition" && ${pickedTable})`,
		),
		description:
			'Starts the workflow when rows of a table change, a table gets a new version, or a query meets a condition',
		defaults: { name: 'Databricks Delta Trigger' },
		polling: true,
		inputs: [],
		outputs: secondOutput,
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
