import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { StandIn } from './measure';

type CountingServer = Omit<StandIn, 'settings'> & { url: string };

/** A server on this machine that counts; `answer` gets each request with its body as text. */
export async function listenAndCount(
	answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<CountingServer> {
	return await listenForStreams((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => answer(request, Buffer.concat(parts).toString('utf8'), response));
	});
}

/** The same, for bodies of any size: `answer` reads them itself. */
export async function listenForStreams(
	answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<CountingServer> {
	const counts = { requests: 0, connections: 0 };
	const server = createServer((request, response) => {
		counts.requests++;
		answer(request, response);
	});
	server.requestTimeout = 0;
	// As long as a load balancer keeps one; Node's own 5 s would be over while a contender computes.
	server.keepAliveTimeout = 60_000;
	server.on('connection', () => counts.connections++);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		counts: () => ({ ...counts }),
		close: async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}
