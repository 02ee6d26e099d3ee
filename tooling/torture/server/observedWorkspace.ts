import { listenOn } from '../../../workspace/listen';
import type { LocalWorkspace } from '../../../workspace/localWorkspace';
import { createServer } from '../../../workspace/server';
import type { TortureSettings } from '../protocol';

type Delivery = TortureSettings['delivery'];

/** A workspace that notices when a trigger has got the last answer before it hands items over. */
export interface ObservedWorkspace {
	url: string;
	workspace: LocalWorkspace;
	run(statement: string): Promise<(string | null)[][]>;
	/** Resolves at the next answer after which rows are handed over. */
	nextHandOver(delivery: Delivery): Promise<void>;
	/** Statements that looked for something new, since it was opened. */
	polls(): number;
	close(): Promise<void>;
}

export async function openObservedWorkspace(): Promise<ObservedWorkspace> {
	const server = createServer();
	const workspace = await server.addWorkspace();
	let waiting: { delivery: Delivery; hasRead: boolean; resolve: () => void } | undefined;
	let polls = 0;
	const listener = await listenOn(async (request) => {
		const { pathname } = new URL(request.url);
		const text = request.method === 'POST' ? await request.clone().text() : '';
		const response = await server.fetch(request);
		if (text.includes('DESCRIBE HISTORY')) polls += 1;
		if (waiting === undefined || !response.ok) return response;
		if (waiting.delivery === 'acknowledgement') {
			if (text.includes('UPDATE ') && text.includes('\\"lease\\":{')) told();
		} else if (text.includes('_feed_rank')) {
			// Rows that were read are handed over when the table is still the same one.
			waiting.hasRead = await hasRows(response);
		} else if (waiting.hasRead && pathname.includes('/unity-catalog/tables/')) told();
		return response;
	}, 0);
	workspace.host = listener.url;
	await workspace.lakehouse.runScript('CREATE CATALOG gold; CREATE SCHEMA gold.bir', {
		user: 'writer',
	});
	return {
		url: listener.url,
		workspace,
		run: async (statement) => (await workspace.lakehouse.run(statement, { user: 'writer' })).rows,
		nextHandOver: async (delivery) =>
			await new Promise<void>((resolve) => {
				waiting = { delivery, hasRead: false, resolve };
			}),
		polls: () => polls,
		close: async () => {
			await listener.close();
			await server.close();
		},
	};

	function told(): void {
		waiting?.resolve();
		waiting = undefined;
	}
}

async function hasRows(response: Response): Promise<boolean> {
	const text = await response.clone().text();
	return /"total_row_count":\s*[1-9]/.test(text);
}
