import type { INodeProperties } from 'n8n-workflow';
import type { StatementParameter } from '../databricks/statements';
import { authenticationField } from '../n8n/authentication';
import type { Locator, Parameters } from '../n8n/parameters';
import { warehouseField } from '../n8n/warehouseLocator';
import { parameterTypes, readStatementParameters } from './statementParameters';

/** What a user asked of the node for one item. */
export interface SqlStatementRequest {
	warehouse: Locator;
	statement: string;
	catalog?: string;
	schema?: string;
	parameters: StatementParameter[];
	rowLimit?: number;
	decimalsAsNumbers: boolean;
	externalLinks: boolean;
	timeoutMs: number;
}

export const sqlStatementFields: INodeProperties[] = [
	authenticationField,
	warehouseField,
	{
		displayName: 'Statement',
		name: 'statement',
		type: 'string',
		typeOptions: { editor: 'sqlEditor', rows: 6 },
		required: true,
		default: '',
		placeholder: 'e.g. SELECT * FROM gold.bir.monthly_totals WHERE agency = :agency',
		description:
			'One SQL statement. Write :name where a value belongs and give the value under Parameters, instead of putting it into the text.',
	},
	{
		displayName: 'Parameters',
		name: 'parameters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Parameter',
		default: {},
		description: 'Values for the markers in the statement; they are bound, never put into the text',
		options: [
			{
				displayName: 'Parameter',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. agency',
						description: 'Name of the marker, with or without its colon',
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: parameterTypes,
						default: 'STRING',
						description: 'SQL type of the value',
					},
					{
						displayName: 'Precision, Scale',
						name: 'precisionScale',
						type: 'string',
						displayOptions: { show: { type: ['DECIMAL'] } },
						default: '18,2',
						placeholder: 'e.g. 18,2',
						description: 'Digits of the decimal in all, and how many of them are behind the point',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						displayOptions: { hide: { type: ['NULL'] } },
						default: '',
						placeholder: 'e.g. RIM',
						description:
							'The value. An expression that gives null is bound as SQL NULL, an empty field as an empty text.',
					},
				],
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the statement',
		options: [
			{
				displayName: 'Catalog',
				name: 'catalog',
				type: 'string',
				default: '',
				placeholder: 'e.g. gold',
				description: 'Catalog of the tables that the statement names without one',
			},
			{
				displayName: 'Decimals as Numbers',
				name: 'decimalsAsNumbers',
				type: 'boolean',
				default: false,
				description:
					'Whether to return DECIMAL values as numbers, which may lose digits, instead of as exact text',
			},
			{
				displayName: 'Large Result',
				name: 'externalLinks',
				type: 'boolean',
				default: false,
				description:
					'Whether to fetch the rows from cloud storage at once. Without it a result above 25 MiB makes a statement that only reads run a second time.',
			},
			{
				displayName: 'Row Limit',
				name: 'rowLimit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 1000,
				description: 'Max number of rows that Databricks returns; without it all rows are returned',
			},
			{
				displayName: 'Schema',
				name: 'schema',
				type: 'string',
				default: '',
				placeholder: 'e.g. bir',
				description: 'Schema of the tables that the statement names without one',
			},
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 600,
				description: 'How long the statement may take, after which it is cancelled in Databricks',
			},
		],
	},
];

/** Reads the fields of one item. Throws DatabricksError (badRequest) that names the wrong field. */
export function readSqlStatement(parameters: Parameters): SqlStatementRequest {
	const rowLimit = parameters.number('options.rowLimit', 'Row Limit', 0);
	return {
		warehouse: parameters.locator('warehouse', 'SQL Warehouse'),
		statement: parameters.requiredText('statement', 'Statement'),
		catalog: parameters.optionalText('options.catalog'),
		schema: parameters.optionalText('options.schema'),
		parameters: readStatementParameters(parameters.rows('parameters.values')),
		rowLimit: rowLimit === 0 ? undefined : rowLimit,
		decimalsAsNumbers: parameters.flag('options.decimalsAsNumbers'),
		externalLinks: parameters.flag('options.externalLinks'),
		timeoutMs: parameters.number('options.timeoutSeconds', 'Timeout (Seconds)', 600, 1) * 1_000,
	};
}
