import type { INodeProperties } from 'n8n-workflow';
import { byName, runOptions } from './optionFields';

const show = { operation: ['copyInto'] };

const copyOptions: INodeProperties[] = [
	{
		displayName: 'Add New Columns',
		name: 'mergeSchema',
		type: 'boolean',
		default: false,
		description: 'Whether the table gets the columns of the files that it does not have',
	},
	{
		displayName: 'Columns to Load',
		name: 'columnsToLoad',
		type: 'string',
		default: '',
		placeholder: 'e.g. agency, period, amount',
		description:
			"Columns of the table that the files have, separated by commas; empty for all. Only for 'Cast to the Types of the Table'.",
	},
	{
		displayName: 'Delimiter',
		name: 'delimiter',
		type: 'string',
		default: ',',
		placeholder: 'e.g. ;',
		description: 'What stands between two fields of a CSV file',
	},
	{
		displayName: 'Folders Below',
		name: 'recursive',
		type: 'boolean',
		default: false,
		description:
			"Whether files in folders below the path are loaded, too. Only for 'All Files of the Folder'.",
	},
	{
		displayName: 'Format Options',
		name: 'formatOptions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Format Option',
		default: {},
		description: 'Further FORMAT_OPTIONS of the statement, by the names that Databricks gives them',
		options: [
			{
				displayName: 'Option',
				name: 'values',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. encoding',
						description: 'Name of the option',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. UTF-8',
						description: 'Value of the option',
					},
				],
			},
		],
	},
	{
		displayName: 'Header',
		name: 'header',
		type: 'boolean',
		default: true,
		description:
			'Whether the first line of a CSV file has the names of its fields. Without it fields go into the columns by their place.',
	},
	{
		displayName: 'Load Again',
		name: 'force',
		type: 'boolean',
		default: false,
		description:
			'Whether to load files that were loaded before, too. Their rows are then in the table twice.',
	},
	{
		displayName: 'NULL Text',
		name: 'nullValue',
		type: 'string',
		default: '',
		placeholder: 'e.g. NULL',
		description: 'The text of a CSV file that stands for NULL; an empty field always does',
	},
	{
		displayName: 'Quotes in Quotes',
		name: 'escape',
		type: 'options',
		options: [
			{ name: 'Doubled', value: '"', description: 'As in "say ""hi""", the usual way' },
			{ name: 'With a Backslash', value: '\\', description: 'As in "say \\"hi\\""' },
		],
		default: '"',
		description: 'How a quote is written inside of a quoted field of a CSV file',
	},
	{
		displayName: 'Validate Only',
		name: 'validate',
		type: 'boolean',
		default: false,
		description:
			'Whether to check that the files can be loaded, and show up to 50 rows, without writing any',
	},
	{
		displayName: 'Values Over Several Lines',
		name: 'multiLine',
		type: 'boolean',
		default: false,
		description:
			'Whether a value of a CSV file, or an object of a JSON file, may go on in the next line',
	},
];

/** Fields of 'Copy Into', after those for the table. */
export const copyIntoFields: INodeProperties[] = [
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. /Volumes/bronze/scout/landing/RIM',
		description: 'Folder of a volume, or one file: /Volumes/catalog/schema/volume/folder',
		displayOptions: { show },
	},
	{
		displayName: 'Files',
		name: 'which',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'All Files of the Folder', value: 'all', description: 'Or the one file of the path' },
			{ name: 'By Name', value: 'names', description: 'The files that are named below' },
			{ name: 'By Pattern', value: 'pattern', description: 'Files whose names fit a pattern' },
		],
		default: 'all',
		description: 'Which files are loaded, of those that were not loaded before',
		displayOptions: { show },
	},
	{
		displayName: 'File Names',
		name: 'fileNames',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. RIM-2026-10.csv, BOM-2026-10.csv',
		description: 'Names of files in the folder, separated by commas, or an expression with a list',
		displayOptions: { show: { ...show, which: ['names'] } },
	},
	{
		displayName: 'Pattern',
		name: 'pattern',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. RIM-*.csv',
		description: '* is any text in a name, ? one character',
		displayOptions: { show: { ...show, which: ['pattern'] } },
	},
	{
		displayName: 'File Format',
		name: 'copyFormat',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Avro', value: 'AVRO', description: 'Columns with types of their own' },
			{ name: 'CSV', value: 'CSV', description: 'Fields of text, with or without a header' },
			{
				name: 'JSON',
				value: 'JSON',
				description:
					"An object on each line, or with 'Values Over Several Lines' one or a list in a file",
			},
			{ name: 'ORC', value: 'ORC', description: 'Columns with types of their own' },
			{ name: 'Parquet', value: 'PARQUET', description: 'Columns with types of their own' },
			{
				name: 'Text',
				value: 'TEXT',
				description: 'One column called value, with a row for each line',
			},
		],
		default: 'CSV',
		description: 'What the files are',
		displayOptions: { show },
	},
	{
		displayName: 'Columns',
		name: 'copyColumns',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'As in the Files',
				value: 'asIs',
				description: 'By name, with the types that Databricks finds in the files',
			},
			{
				name: 'By Expressions',
				value: 'expressions',
				description: 'SQL expressions over the fields of the files',
			},
			{
				name: 'Cast to the Types of the Table',
				value: 'cast',
				description:
					'By name, also inside of objects; a value that does not fit its column is an error, not a NULL. Digits behind the point that a DECIMAL does not keep are rounded.',
			},
		],
		default: 'cast',
		description: 'How the fields of the files become columns of the table',
		displayOptions: { show },
	},
	{
		displayName: 'Expressions',
		name: 'expressions',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. upper(agency) AS agency, amount::DECIMAL(18,2) AS amount',
		description:
			'What stands between SELECT and FROM; each expression needs the name of a column. Fields without a header are _c0, _c1 and so on; inside of JSON they are customer.name or lines[0].sku; _metadata.file_path is the file of a row.',
		displayOptions: { show: { ...show, copyColumns: ['expressions'] } },
	},
	{
		displayName: 'Result',
		name: 'copyResult',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'For All Files Together',
				value: 'together',
				description: 'One statement: all of the files are loaded, or none',
			},
			{
				name: 'For Each File',
				value: 'each',
				description:
					'A statement and an item for each file: one that fails keeps none out. Without any file there is one item, with file_count 0.',
			},
		],
		default: 'each',
		description: 'What is reported, and what is loaded or not as a whole',
		displayOptions: { show },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		description: 'Further settings of the statements',
		displayOptions: { show },
		options: byName(copyOptions, runOptions),
	},
];
