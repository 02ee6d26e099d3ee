import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { databricksCredentials } from '../n8n/authentication';
import { choiceName, subtitle } from '../n8n/subtitle';
import { searchCatalogs, searchSchemas } from '../n8n/tableLocators';
import { searchVolumes } from '../n8n/volumeLocator';
import { operations, volumeFileFields } from './fields';
import { runVolumeFile } from './volumeFile';

export class DatabricksVolumeFile implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Databricks Volume File',
		name: 'databricksVolumeFile',
		icon: { light: 'file:../icons/volumeFile.svg', dark: 'file:../icons/volumeFile.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: subtitle(choiceName('operation', operations), '$parameter["path"]'),
		description: 'Upload, download, list, move and delete files in Unity Catalog volumes',
		defaults: { name: 'Databricks Volume File' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: databricksCredentials,
		properties: volumeFileFields,
	};

	methods = { listSearch: { searchCatalogs, searchSchemas, searchVolumes } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runVolumeFile(this);
	}
}
