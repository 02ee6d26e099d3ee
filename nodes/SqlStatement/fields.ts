import type { INodeProperties } from 'n8n-workflow';
import { authenticationField } from '../n8n/authentication';
import { warehouseField } from '../n8n/warehouseLocator';
import { copyIntoFields } from './copyIntoFields';
import { executeQueryFields } from './executeQueryFields';
import { statementIdField, statementOperationFields } from './statementOperationFields';
import { targetTableFields, writeRowsFields } from './writeRowsFields';

export const operations = [
	{
		name: 'Cancel Statement',
		value: 'cancelStatement',
		action: 'Cancel statement',
		description: 'End a statement that was started elsewhere, or without waiting',
	},
	{
		name: 'Copy Into',
		value: 'copyInto',
		action: 'Copy files into table',
		description: 'Load files of a volume into a table, each of them once',
	},
	{
		name: 'Execute Query',
		value: 'executeQuery',
		action: 'Execute query',
		description: 'Execute one SQL statement with parameters',
	},
	{
		name: 'Get Statement',
		value: 'getStatement',
		action: 'Get statement',
		description: 'Get state and result of a statement that was started without waiting',
	},
	{
		name: 'Insert or Update Rows',
		value: 'upsertRows',
		action: 'Insert or update rows',
		description: 'Write items to a table; rows that are there, by chosen columns, are updated',
	},
	{
		name: 'Insert Rows',
		value: 'insertRows',
		action: 'Insert rows',
		description: 'Write items to a table, many with each statement',
	},
];

export const sqlStatementFields: INodeProperties[] = [
	authenticationField,
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: operations,
		default: 'executeQuery',
		description: 'What the node does with the SQL warehouse',
	},
	{
		...warehouseField,
		displayOptions: { hide: { operation: ['cancelStatement', 'getStatement'] } },
	},
	statementIdField,
	...executeQueryFields,
	...targetTableFields,
	...writeRowsFields,
	...copyIntoFields,
	...statementOperationFields,
];
