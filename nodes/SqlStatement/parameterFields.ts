import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** The types that a parameter may have, as the Statement Execution API names them. */
const scalarTypes: INodePropertyOptions[] = [
	{
		name: 'Bigint',
		value: 'BIGINT',
		description: 'Whole number from -9223372036854775808 to 9223372036854775807',
	},
	{ name: 'Binary', value: 'BINARY', description: 'Bytes, given as Base64' },
	{ name: 'Boolean', value: 'BOOLEAN', description: 'True or false' },
	{ name: 'Date', value: 'DATE', description: 'A day, as in 2026-10-31' },
	{ name: 'Decimal', value: 'DECIMAL', description: 'An exact number, such as an amount of money' },
	{ name: 'Double', value: 'DOUBLE', description: 'A number that need not be exact' },
	{ name: 'Float', value: 'FLOAT', description: 'A number of about seven digits' },
	{
		name: 'Int',
		value: 'INT',
		description: 'Whole number from -2147483648 to 2147483647; LIMIT takes this one',
	},
	{
		name: 'Interval, Days to Seconds',
		value: 'INTERVAL DAY TO SECOND',
		description: 'A length of time, as in 2 05:00:00',
	},
	{
		name: 'Interval, Years to Months',
		value: 'INTERVAL YEAR TO MONTH',
		description: 'A length of time, as in 1-2 for one year and two months',
	},
	{ name: 'Smallint', value: 'SMALLINT', description: 'Whole number from -32768 to 32767' },
	{ name: 'String', value: 'STRING', description: 'Text; objects are sent as JSON' },
	{ name: 'Time', value: 'TIME', description: 'A time of day, as in 08:15:30' },
	{
		name: 'Timestamp',
		value: 'TIMESTAMP',
		description: 'A moment, as in 2026-10-31T02:00:00+08:00',
	},
	{
		name: 'Timestamp Without Time Zone',
		value: 'TIMESTAMP_NTZ',
		description: 'Date and time of a clock on the wall, as in 2026-10-31T02:00:00',
	},
	{ name: 'Tinyint', value: 'TINYINT', description: 'Whole number from -128 to 127' },
];

const parameterTypes: INodePropertyOptions[] = [
	...scalarTypes,
	{
		name: 'List',
		value: 'LIST',
		description:
			'Several values for IN (:name); an empty list matches nothing there, and is an error elsewhere',
	},
	{ name: 'Null', value: 'NULL', description: 'SQL NULL' },
].sort((a, b) => a.name.localeCompare(b.name));

const precisionScaleField: INodeProperties = {
	displayName: 'Precision, Scale',
	name: 'precisionScale',
	type: 'string',
	default: '18,2',
	placeholder: 'e.g. 18,2',
	description: 'Digits of the decimal in all, and how many of them are behind the point',
};

/** Where the values of the markers come from. */
export const parameterFields: INodeProperties[] = [
	{
		displayName: 'Parameter Values',
		name: 'parameterMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'Enter each value with its SQL type',
			},
			{
				name: 'From Fields of the Item',
				value: 'item',
				description:
					'Each marker takes the field of the same name; numbers, dates and lists keep their kind',
			},
		],
		default: 'fields',
		description: 'How the markers in the statement, such as :agency, get their values',
	},
	{
		displayName: 'Parameters',
		name: 'parameters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Parameter',
		displayOptions: { show: { parameterMode: ['fields'] } },
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
						displayName: 'Type of Elements',
						name: 'elementType',
						type: 'options',
						options: scalarTypes,
						displayOptions: { show: { type: ['LIST'] } },
						default: 'STRING',
						description: 'SQL type of each element',
					},
					{
						...precisionScaleField,
						displayOptions: { show: { type: ['DECIMAL'] } },
					},
					{
						...precisionScaleField,
						displayOptions: { show: { type: ['LIST'], elementType: ['DECIMAL'] } },
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						displayOptions: { hide: { type: ['NULL'] } },
						default: '',
						placeholder: 'e.g. RIM',
						description:
							'The value. A list is an expression that gives one, or JSON. An expression that gives null is bound as SQL NULL, an empty field as an empty text.',
					},
				],
			},
		],
	},
];
