import { clientCredentials } from '../../nodes/databricks/auth/clientCredentials';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { TokenCache } from '../../nodes/databricks/auth/tokenCache';
import type { TokenSource } from '../../nodes/databricks/auth/tokenSource';
import { executeStatement, waitForStatement } from '../../nodes/databricks/sql/statements';
import { Workspace } from '../../nodes/databricks/workspace';
import { createServer, type ServerOptions } from '../../workspace/server';
import { ManualClock } from '../../workspace/clock';
import { InProcessDispatcher } from './inProcessDispatcher';
import { TestClock } from './testClock';

/**
 * The client and a local workspace in one process, without a socket between them. Their time is one: it
 * passes while the client sleeps, and only when neither a request nor the database is at work.
 */
export async function localClient(options: ServerOptions = {}) {
	const time = new ManualClock();
	const server = createServer({ clock: time, ...options });
	const local = await server.addWorkspace({ userName: 'ana@example.com' });
	const dispatcher = new InProcessDispatcher(async (request) => await server.fetch(request));
	const isBusy = () => dispatcher.working > 0 || local.lakehouse.isWorking;
	const clock = new TestClock(isBusy, time);
	const client = (tokens: TokenSource, signal?: AbortSignal) =>
		new Workspace({ host: local.host, tokens, clock, dispatcher, signal });
	const workspace = client(staticToken(local.token));
	return {
		server,
		local,
		dispatcher,
		workspace,
		withSignal: (signal: AbortSignal) => client(staticToken(local.token), signal),
		asServicePrincipal: (cache = new TokenCache()) => {
			const { clientId, clientSecret, host } = local;
			return client(clientCredentials({ host, clientId, clientSecret }, cache));
		},
		/** Runs statements one after the other; throws at the first that does not succeed. */
		sql: async (...statements: string[]) => {
			for (const statement of statements) {
				const request = { warehouseId: local.warehouseId, statement };
				const started = await executeStatement(workspace, request);
				const deadlineMs = inAMinute(workspace);
				const { status } = await waitForStatement(workspace, started, { deadlineMs });
				if (status.state !== 'SUCCEEDED') throw new Error(`${statement}: ${status.error?.message}`);
			}
		},
		/** How many requests of a method went to a path. */
		requestsTo: (method: string, path: string) =>
			dispatcher.seen.filter(
				(request) => request.method === method && request.path.split('?')[0] === path,
			).length,
	};
}

export function inAMinute({ clock }: Workspace): number {
	return clock.now() + 60_000;
}
