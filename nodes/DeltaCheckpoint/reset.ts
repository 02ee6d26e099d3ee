import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { ConsumerState } from '../databricks/delta/consumers';
import { firstVersionSince, latestCommit } from '../databricks/delta/deltaHistory';
import { DatabricksError } from '../databricks/errors';
import { getTable } from '../databricks/sql/tables';
import { splitTableName } from '../databricks/sql/quoting';
import { type Checkpoint, known } from './checkpoint';
import { placeItem } from './placeItem';

const ofReset = { operation: ['reset'] };

export const resetFields: INodeProperties[] = [
	{
		displayName: 'To',
		name: 'resetTo',
		type: 'options',
		options: [
			{ name: 'Moment', value: 'moment', description: 'The first version made then or later' },
			{ name: 'Now', value: 'now', description: 'Leave out everything up to the present version' },
			{ name: 'Version', value: 'version', description: 'A version of the table' },
		],
		default: 'version',
		displayOptions: { show: ofReset },
		description: 'Where the consumer goes on',
	},
	{
		displayName: 'Version',
		name: 'resetVersion',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		displayOptions: { show: { ...ofReset, resetTo: ['version'] } },
		description: 'The first version whose changes are handed over again',
	},
	{
		displayName: 'Moment',
		name: 'resetMoment',
		type: 'dateTime',
		required: true,
		default: '',
		displayOptions: { show: { ...ofReset, resetTo: ['moment'] } },
		description: 'The time of the first changes that are handed over again',
	},
];

/** Moves the place; what is handed over at the moment can no longer be acknowledged. */
export async function reset(checkpoint: Checkpoint): Promise<IDataObject> {
	const { consumers, request } = checkpoint;
	const consumer = await known(checkpoint);
	const state = await moved(checkpoint, consumer.state);
	if (await consumers.replace(consumer, state)) return placeItem({ ...consumer, state });
	throw new DatabricksError({
		kind: 'conflict',
		message: `The place of "${request.consumer}" was changed by somebody else at this moment.`,
		hint: 'Reset it again.',
	});
}

async function moved(
	{ source, parameters }: Checkpoint,
	state: ConsumerState,
): Promise<ConsumerState> {
	const [catalog = '', schema = '', name = ''] = splitTableName(state.table);
	const read = { ...source, table: [catalog, schema, name] as const };
	const { table_id: tableId = '' } = await getTable(source.workspace, state.table);
	const { version: latest } = await latestCommit(read);
	const first = await firstVersion();
	return { ...state, tableId, position: { version: first - 1 }, lease: undefined };

	async function firstVersion(): Promise<number> {
		const to = parameters.text('resetTo');
		if (to === 'now') return latest + 1;
		if (to === 'moment') {
			const text = parameters.requiredText('resetMoment', 'Moment');
			const ms = Date.parse(text);
			if (Number.isFinite(ms)) return (await firstVersionSince(read, ms)) ?? latest + 1;
			throw new DatabricksError({
				kind: 'badRequest',
				message: `'Moment' is "${text}", which is not a time.`,
				hint: 'Write it as 2026-10-31T00:00:00Z.',
			});
		}
		const version = Math.trunc(parameters.number('resetVersion', 'Version', 0));
		if (version <= latest + 1) return version;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Version' is ${version}, but the newest version of ${state.table} is ${latest}.`,
			hint: `Enter a version up to ${latest + 1}.`,
		});
	}
}
