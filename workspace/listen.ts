import { serve, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { ConnectionReset } from './faultInjection';

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
				fetch: async (request: Request, { incoming }: HttpBindings | Http2Bindings) => {
					try {
						return await fetch(request);
					} catch (error) {
						if (error instanceof ConnectionReset) incoming.destroy();
						throw error;
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
