import { Agent } from 'undici';
import type { Benchmark, Contender, Goal, Settings } from './measure';
import { nodeContender, ownCredentials, peerCredentials } from './nodeContender';
import { openStatementServer } from './statementServer';

const own = 'Databricks SQL Statement';
const peer = "n8n's Databricks node";
const floor = 'undici + JSON.parse';

const warehouse = { __rl: true, mode: 'id', value: 'a1b2c3d4e5f60718' };

function ownQuery(options: Record<string, unknown> = {}): Contender {
	return nodeContender(
		own,
		(settings) => ({
			type: 'n8n-nodes-databricks-lakehouse.databricksSqlStatement',
			parameters: {
				authentication: 'accessToken',
				warehouse,
				statement: `SELECT ${settings.rows}`,
				options,
			},
			credentials: ownCredentials(settings),
			input: inputItems(settings),
		}),
		(items) => `${items.length} items`,
	);
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
			query: `SELECT ${settings.rows}`,
		},
		credentials: peerCredentials(settings),
		input: inputItems(settings),
	}),
	(items) => `${items.length} items`,
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
				const statement = `SELECT ${settings.rows}`;
				const disposition = Number(settings.rows) > 100_000 ? 'EXTERNAL_LINKS' : 'INLINE';
				const { statement_id, result } = await read('/api/2.0/sql/statements', {
					statement,
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
			return `${rows} items`;
		};
	},
};

function inputItems(settings: Settings) {
	return Array.from({ length: Number(settings.items ?? '1') }, () => ({ json: {} }));
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

/** This node, n8n's own and the floor against one stand-in of the Statement Execution API. */
export const benchmark: Benchmark = {
	title: 'SQL: rows in and out',
	open: openStatementServer,
	cases: [
		{
			name: '100 000 rows of 10 typed columns, to items',
			settings: { rows: '100000' },
			contenders: [ownQuery(), peerQuery, floorQuery],
			goals: [atMost('wall', 1.3, 'wallMs', peer), atMost('CPU', 2, 'cpuMs', floor)],
		},
		{
			name: '100 queries of one row',
			settings: { rows: '1', items: '100' },
			contenders: [ownQuery(), peerQuery, floorQuery],
		},
	],
};
