import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { Agent } from 'undici';
import type { Benchmark, Contender, Figures, Goal, Settings } from './measure';
import { nodeContender, ownCredentials, peerCredentials } from './nodeContender';
import { openStatementServer, standInColumns, standInRow } from './statementServer';

const own = 'Databricks SQL Statement';
const peer = "n8n's Databricks node";
const floor = 'undici + JSON.parse';

const warehouse = { __rl: true, mode: 'id', value: 'a1b2c3d4e5f60718' };

function ownNode(
	parameters: IDataObject,
	input: (settings: Settings) => INodeExecutionData[],
	did: (items: INodeExecutionData[]) => string,
	name = own,
): Contender {
	return nodeContender(
		name,
		(settings) => ({
			type: 'n8n-nodes-databricks-lakehouse.databricksSqlStatement',
			parameters: { authentication: 'accessToken', warehouse, ...parameters },
			credentials: ownCredentials(settings),
			input: input(settings),
		}),
		did,
		warmUp,
	);
}

const warmUp: Settings = { rows: '100', items: '1' };

const statement = '={{ "SELECT " + $json.rows }}';

const ownQuery = ownNode({ statement }, inputItems, (items) => `${items.length} rows`);

/** Large results are known to be large. */
const ownLargeQuery = ownNode(
	{ statement, options: { externalLinks: true } },
	inputItems,
	(items) => `${items.length} rows`,
);

const ownFile = (fileFormat: string, name = own) =>
	ownNode(
		{ statement, output: 'file', fileFormat, options: { externalLinks: true } },
		inputItems,
		([item]) => `${String(item?.json.row_count)} rows`,
		name,
	);

const name = (value: string) => ({ __rl: true, mode: 'name', value });

const ownInsert = ownNode(
	{
		operation: 'insertRows',
		catalog: name('bronze'),
		schema: name('scout'),
		table: name('transactions'),
		columns: { mappingMode: 'autoMapInputData', value: null },
	},
	(settings) => rowItems(Number(settings.rows)),
	([item]) => `${String(item?.json.rows_written)} rows`,
);

function rowItems(count: number): INodeExecutionData[] {
	return Array.from({ length: count }, (_, number) => {
		const cells = standInRow(number);
		const json: IDataObject = Object.fromEntries(
			standInColumns.map((column, index) => [column.name, cells[index] ?? null]),
		);
		return { json };
	});
}

const peerQuery: Contender = nodeContender(
	peer,
	(settings) => ({
		type: 'n8n-nodes-base.databricks',
		parameters: {
			authentication: 'accessToken',
			resource: 'databricksSql',
			operation: 'executeQuery',
			warehouseId: warehouse,
			query: '={{ "SELECT " + $json.rows }}',
		},
		credentials: peerCredentials(settings),
		input: inputItems(settings),
	}),
	(items) => `${items.length} rows`,
	warmUp,
);

/** A statement for each item is all that it has: a hundredth of the items, so that it ends. */
const peerInsert: Contender = nodeContender(
	`${peer}, 1 % of the items`,
	(settings) => ({
		type: 'n8n-nodes-base.databricks',
		parameters: {
			authentication: 'accessToken',
			resource: 'databricksSql',
			operation: 'executeQuery',
			warehouseId: warehouse,
			query: 'INSERT INTO bronze.scout.transactions (id, agency) VALUES (:id, :agency)',
			queryParameters: {
				parameters: [
					{ name: 'id', value: '={{ $json.id }}', type: 'BIGINT' },
					{ name: 'agency', value: '={{ $json.agency }}', type: 'STRING' },
				],
			},
		},
		credentials: peerCredentials(settings),
		input: rowItems(Number(settings.rows) / 100),
	}),
	(items) => `${items.length} rows`,
	warmUp,
);

/** The same rows with nothing but a connection and a parser: untyped, unnamed, unchecked. */
const floorQuery: Contender = {
	name: floor,
	prepare: async (settings) => {
		const agent = new Agent();
		const read = async (path: string, body?: unknown) => {
			const answer = await agent.request({
				origin: settings.url ?? '',
				path,
				method: body === undefined ? 'GET' : 'POST',
				body: body === undefined ? undefined : JSON.stringify(body),
			});
			return JSON.parse(await answer.body.text());
		};
		return async () => {
			let rows = 0;
			for (const _ of inputItems(settings)) {
				const text = `SELECT ${settings.rows}`;
				const disposition = Number(settings.rows) > 100_000 ? 'EXTERNAL_LINKS' : 'INLINE';
				const { statement_id, result } = await read('/api/2.0/sql/statements', {
					statement: text,
					disposition,
				});
				for (let data = result; data !== undefined; ) {
					const [link] = data.external_links ?? [];
					const part =
						link === undefined ? data.data_array : await read(new URL(link.external_link).pathname);
					rows += part.length;
					const next = link?.next_chunk_index;
					const path = `/api/2.0/sql/statements/${statement_id}/result/chunks/${next}`;
					data = next === undefined ? undefined : await read(path);
				}
			}
			return `${rows} rows`;
		};
	},
};

function inputItems(settings: Settings): INodeExecutionData[] {
	const length = Number(settings.items ?? '1');
	return Array.from({ length }, () => ({ json: { rows: settings.rows ?? '1' } }));
}

function atMost(text: string, limit: number, value: 'wallMs' | 'cpuMs', against: string): Goal {
	return {
		text: `${text} at most ${limit} × that of ${against}`,
		isMet: (figures) => {
			const [mine, theirs] = [figures.get(own)?.[value], figures.get(against)?.[value]];
			return mine === undefined || theirs === undefined ? undefined : mine <= theirs * limit;
		},
	};
}

function mine(text: string, isMet: (figures: Figures) => boolean): Goal {
	return {
		text,
		isMet: (figures) => {
			const ours = figures.get(own);
			return ours === undefined ? undefined : isMet(ours);
		},
	};
}

/** Three chunks in flight, the call that asks for the next link, and that of the statement. */
const poolSize = 5;
const fewConnections = mine(
	`at most ${poolSize} connections`,
	({ connections }) => connections <= poolSize,
);

/** This node, n8n's own and the floor against one stand-in of the Statement Execution API. */
export const benchmark: Benchmark = {
	title: 'SQL: rows in and out',
	open: openStatementServer,
	cases: [
		{
			name: '100 000 rows of 10 typed columns, to items',
			settings: { rows: '100000' },
			repeats: 3,
			contenders: [ownQuery, peerQuery, floorQuery],
			goals: [
				atMost('wall', 1.3, 'wallMs', peer),
				atMost('CPU', 2, 'cpuMs', floor),
				fewConnections,
			],
		},
		{
			name: '1 000 000 rows, to items',
			settings: { rows: '1000000' },
			heapMb: 8_000,
			contenders: [ownLargeQuery, peerQuery, floorQuery],
			goals: [mine('succeeds', ({ done }) => done === '1000000 rows'), fewConnections],
		},
		{
			name: '10 000 000 rows, to a file',
			settings: { rows: '10000000' },
			contenders: [ownFile('csv'), ownFile('jsonl', `${own}, JSON Lines`), peerQuery, floorQuery],
			goals: [
				mine('at most 150 MB above idle', ({ peakBytes }) => peakBytes <= 150 * 1_048_576),
				fewConnections,
			],
		},
		{
			name: '100 000 items, inserted',
			settings: { rows: '100000' },
			contenders: [ownInsert, peerInsert],
			goals: [
				mine('at most 120 statements', ({ requests }) => (requests - 2) / 2 <= 120),
				fewConnections,
			],
		},
		{
			name: '100 queries of one row',
			settings: { rows: '1', items: '100' },
			contenders: [ownQuery, peerQuery, floorQuery],
			goals: [fewConnections],
		},
	],
};
