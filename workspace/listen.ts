import { ServerResponse } from 'node:http';
import { serve, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { ConnectionReset, type HalfAnswer } from './faultInjection';

/** A port that answers. */
export interface Listener {
	url: string;
	port: number;
	close(): Promise<void>;
}

/** Listens on 127.0.0.1. Rejects with the error of the socket, for example EADDRINUSE. */
export function listenOn(
	fetch: (request: Request) => Promise<Response>,
	port: number,
): Promise<Listener> {
	return new Promise((resolve, reject) => {
		const server = serve(
			{
				hostname: '127.0.0.1',
				port,
				overrideGlobalObjects: false,
				fetch: async (request: Request, { outgoing }: HttpBindings | Http2Bindings) => {
					try {
						return await fetch(request);
					} catch (error) {
						if (!(error instanceof ConnectionReset)) throw error;
						cut(outgoing, error.half);
						return RESPONSE_ALREADY_SENT;
					}
				},
			},
			(address) => {
				server.off('error', reject);
				resolve({
					url: `http://127.0.0.1:${address.port}`,
					port: address.port,
					close: () =>
						new Promise((closed) => {
							server.close(() => closed());
							if ('closeAllConnections' in server) server.closeAllConnections();
						}),
				});
			},
		);
		server.once('error', reject);
	});
}

/** Sends what there is of an answer, and closes the connection under it. */
function cut(outgoing: (HttpBindings | Http2Bindings)['outgoing'], half?: HalfAnswer): void {
	if (half === undefined || !(outgoing instanceof ServerResponse)) return void outgoing.destroy();
	const { status, headers, bytes } = half;
	outgoing.statusCode = status;
	for (const [name, value] of headers) outgoing.setHeader(name, value);
	outgoing.write(bytes, () => outgoing.destroy());
}
