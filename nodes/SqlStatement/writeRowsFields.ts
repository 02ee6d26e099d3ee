import type { INodeProperties } from 'n8n-workflow';
import { catalogField, schemaField, tableField } from '../n8n/tableLocators';
import { byName, runOptions } from './optionFields';

const writing = { operation: ['insertRows', 'upsertRows'] };
const upserting = { operation: ['upsertRows'] };

const writeOptions: INodeProperties[] = [
	{
		displayName: 'Batch Size',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 50_000 },
		default: 1000,
		description: 'Max number of rows that one statement writes. Larger batches are quicker.',
	},
	{
		displayName: 'Fields Without a Column',
		name: 'unknownFields',
		type: 'options',
		options: [
			{ name: 'Fail', value: 'fail', description: 'The item fails, and the error names the field' },
			{ name: 'Leave Out', value: 'ignore', description: 'The field is not written' },
		],
		default: 'fail',
		description: 'What happens with a field of an item that the table has no column for',
	},
];

function columnsField(operation: string, mode: 'add' | 'upsert'): INodeProperties {
	return {
		displayName: 'Columns',
		name: 'columns',
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'autoMapInputData', value: null },
		required: true,
		description:
			'What goes into the columns: the fields of the same names, or values and expressions given here. An expression that gives null writes NULL. A column that is not given takes its default, or keeps its value in a row that is updated.',
		typeOptions: {
			loadOptionsDependsOn: ['catalog.value', 'schema.value', 'table.value'],
			resourceMapper: {
				resourceMapperMethod: 'getTableColumns',
				mode,
				fieldWords: { singular: 'column', plural: 'columns' },
				addAllFields: true,
				multiKeyMatch: true,
			},
		},
		displayOptions: { show: { operation: [operation] } },
	};
}

/** Where rows go to, for every operation that writes to one table. */
export const targetTableFields: INodeProperties[] = [catalogField, schemaField, tableField].map(
	(field) => ({
		...field,
		displayOptions: { show: { operation: [...writing.operation, 'copyInto'] } },
	}),
);

/** Further fields of 'Insert Rows' and 'Insert or Update Rows'. */
export const writeRowsFields: INodeProperties[] = [
	columnsField('insertRows', 'add'),
	columnsField('upsertRows', 'upsert'),
	{
		displayName: 'Same Key Twice',
		name: 'duplicateKeys',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description: 'The later item fails, and the error names the earlier one',
			},
			{ name: 'Keep First', value: 'first', description: 'Later items of the key are left out' },
			{ name: 'Keep Last', value: 'last', description: 'Earlier items of the key are left out' },
		],
		default: 'fail',
		description: 'What happens when several items have the same values in the columns to match on',
		displayOptions: { show: upserting },
	},
	{
		displayName: 'NULL in a Key',
		name: 'nullKeys',
		type: 'options',
		options: [
			{
				name: 'Always Insert',
				value: 'insert',
				description: 'As SQL compares: NULL equals nothing',
			},
			{
				name: 'Fail',
				value: 'fail',
				description: 'The item fails, and the error names the column',
			},
			{ name: 'Match NULL', value: 'match', description: 'NULL is the same key as NULL' },
		],
		default: 'fail',
		description: 'What happens when a column to match on is NULL',
		displayOptions: { show: upserting },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the statements',
		displayOptions: { show: writing },
		options: byName(writeOptions, runOptions),
	},
];
