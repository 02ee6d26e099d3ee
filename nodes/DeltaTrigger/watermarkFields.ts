import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import type { Parameters } from '../n8n/parameters';

/** What a user asked of the events New Rows and New or Updated Rows. */
export interface WatermarkRequest {
	event: 'newRows' | 'newOrUpdatedRows';
	watermark: string;
	keys: string[];
	/** Minutes of a time, units of a number. */
	overlap: number;
	/** Whether the rows that are there at the start are handed over, too. */
	fromStart: boolean;
	columns: string[];
	rows: number;
}

const ofWatermark = { event: ['newRows', 'newOrUpdatedRows'] };

export const watermarkFields: INodeProperties[] = [
	{
		displayName: 'Watermark Column',
		name: 'watermarkColumn',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. updated_at',
		displayOptions: { show: ofWatermark },
		description:
			'A column that grows: when the row was made or changed, or a running number. Rows in which it is NULL are not found.',
	},
	{
		displayName: 'Key Columns',
		name: 'keyColumns',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. transaction_id',
		displayOptions: { show: ofWatermark },
		description:
			'The columns that tell one row from the other, separated by commas: rows with the same watermark are taken in their order',
	},
	{
		displayName: 'Overlap',
		name: 'overlap',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		displayOptions: { show: ofWatermark },
		description:
			'How far behind the newest watermark late rows may still come: minutes for a time, days for a date, units for a number. Rows that were handed over are not repeated.',
	},
	{
		displayName: 'Start',
		name: 'watermarkStart',
		type: 'options',
		options: [
			{ name: 'From Now On', value: 'now', description: 'With the rows that come' },
			{
				name: 'With Everything',
				value: 'everything',
				description: 'With the rows that are there, and then those that come',
			},
		],
		default: 'now',
		displayOptions: { show: ofWatermark },
		description: 'Where to begin',
	},
];

/** Reads the fields. Throws DatabricksError (badRequest) that names the wrong field. */
export function readWatermark(
	parameters: Parameters,
	event: WatermarkRequest['event'],
): WatermarkRequest {
	const keys = parameters.list('keyColumns');
	if (keys.length === 0) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: "'Key Columns' is empty.",
			hint: 'Enter the columns that tell one row from the other.',
		});
	}
	return {
		event,
		watermark: parameters.requiredText('watermarkColumn', 'Watermark Column'),
		keys,
		overlap: parameters.number('overlap', 'Overlap', 10),
		fromStart: parameters.text('watermarkStart') === 'everything',
		columns: parameters.list('options.columns'),
		rows: parameters.number('options.rowsPerPoll', 'Rows per Poll', 10_000, 1),
	};
}
