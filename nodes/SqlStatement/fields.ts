import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import { warehouseField } from '../n8n/warehouseLocator';
import { executeQueryFields } from './executeQueryFields';

export const sqlStatementFields: INodeProperties[] = [
	authenticationField,
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Execute Query',
				value: 'executeQuery',
				action: 'Execute a query',
				description: 'Execute one SQL statement with parameters',
			},
		],
		default: 'executeQuery',
		description: 'What the node does with the SQL warehouse',
	},
	warehouseField,
	...executeQueryFields,
];
