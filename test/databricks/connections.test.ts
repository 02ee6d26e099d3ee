import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { noProxyWithLoopback } from '../../nodes/databricks/connections';
import { noRetry } from '../../nodes/databricks/retry';
import { Workspace, type WorkspaceOptions } from '../../nodes/databricks/workspace';
import { errorOf } from './workspaceUnderTest';

const get = { method: 'GET', path: '/api/2.0/thing' } as const;
const servers: Server[] = [];

/** A server on a free port of this machine that counts its connections. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
	const server = createServer(answer);
	servers.push(server);
	const sockets: Socket[] = [];
	server.on('connection', (socket) => sockets.push(socket));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { server, sockets, port: portOf(server.address()) };
}

function portOf(address: AddressInfo | string | null): number {
	if (address === null || typeof address === 'string') throw new Error('It does not listen.');
	return address.port;
}

afterEach(async () => {
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
});

function workspaceAt(host: string, options: Partial<WorkspaceOptions> = {}): Workspace {
	return new Workspace({ host, tokens: staticToken('t'), retry: noRetry, ...options });
}

/** Rules that allow everything; an object of its own has connections of its own. */
function openRules(): NonNullable<WorkspaceOptions['egress']> {
	return {
		validateUrl: async () => ({ ok: true }),
		createSecureLookup: () => (_host, options, callback) => {
			if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
			else callback(null, '127.0.0.1', 4);
		},
	};
}

it('connections are kept and shared: two are enough for many workspaces in turn', async () => {
	const { port, sockets } = await serve((_request, response) => response.end('{}'));
	for (let count = 0; count < 20; count++) {
		await workspaceAt(`http://127.0.0.1:${port}`).request(get);
	}
	expect(sockets.length).toBeLessThanOrEqual(2);
});

it('a connection that breaks in the middle of an answer is told as such', async () => {
	const { port } = await serve((_request, response) => {
		response.writeHead(200, { 'content-length': '100' });
		response.write('{"half":', () => response.destroy());
	});
	const error = await errorOf(() => workspaceAt(`http://127.0.0.1:${port}`).request(get));
	expect([error.kind, error.outcomeUnknown]).toEqual(['network', true]);
	expect(error.message).toBe(
		`The connection to 127.0.0.1:${port} broke before the answer was complete (UND_ERR_SOCKET).`,
	);
});

it('a closed port is told as such', async () => {
	const { port, server } = await serve((_request, response) => response.end());
	await new Promise((resolve) => server.close(resolve));
	const error = await errorOf(() => workspaceAt(`http://127.0.0.1:${port}`).request(get));
	expect([error.kind, error.unreachable, error.message]).toEqual([
		'network',
		true,
		`127.0.0.1:${port} is not reachable: the connection was refused (ECONNREFUSED).`,
	]);
});

it('a server without TLS where TLS is wanted is told as such', async () => {
	const { port } = await serve((_request, response) => response.end());
	const error = await errorOf(() => workspaceAt(`https://127.0.0.1:${port}`).request(get));
	expect([error.kind, error.unreachable, error.outcomeUnknown, error.message]).toEqual([
		'network',
		false,
		false,
		expect.stringMatching(/^No secure connection to 127\.0\.0\.1:\d+ \(ERR_SSL/),
	]);
});

it('Stop ends a request that is under way, and its connection', async () => {
	const controller = new AbortController();
	const { port, sockets } = await serve(() => controller.abort());
	const error = await errorOf(() =>
		workspaceAt(`http://127.0.0.1:${port}`, { signal: controller.signal }).request(get),
	);
	expect(error.kind).toBe('aborted');
	const [socket] = sockets;
	await new Promise((resolve) =>
		socket?.destroyed ? resolve(undefined) : socket?.once('close', resolve),
	);
	expect(socket?.destroyed).toBe(true);
});

it("names are looked up by the host's rules", async () => {
	const { port } = await serve((_request, response) => response.end('{"ok":true}'));
	const workspace = workspaceAt(`http://workspace.invalid:${port}`, { egress: openRules() });
	expect((await workspace.request(get)).text).toBe('{"ok":true}');
});

describe('a proxy of the environment', () => {
	const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
	const before = names.map((name) => [name, process.env[name]] as const);
	beforeEach(() => {
		for (const name of names) delete process.env[name];
	});
	afterEach(() => {
		for (const [name, value] of before) {
			if (value === undefined) delete process.env[name];
			else process.env[name] = value;
		}
	});

	/** A proxy that tunnels to a port of this machine, whatever is asked for. */
	async function proxyTo(port: number) {
		const asked: string[] = [];
		const { server, port: proxyPort } = await serve((_request, response) =>
			response.writeHead(500).end(),
		);
		server.on('connect', (request, socket) => {
			asked.push(request.url ?? '');
			const target = connect(port, '127.0.0.1', () => {
				socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
				target.pipe(socket).pipe(target);
			});
			socket.on('close', () => target.destroy());
		});
		return { asked, url: `http://127.0.0.1:${proxyPort}` };
	}

	it('is used for workspaces elsewhere', async () => {
		const { port } = await serve((_request, response) => response.end('{"ok":true}'));
		const proxy = await proxyTo(port);
		process.env.HTTP_PROXY = proxy.url;
		const workspace = workspaceAt('http://workspace.invalid', { egress: openRules() });
		expect([(await workspace.request(get)).text, proxy.asked]).toEqual([
			'{"ok":true}',
			['workspace.invalid:80'],
		]);
	});

	it.each([
		['a workspace on this machine', undefined, '127.0.0.1'],
		['a host of NO_PROXY', 'workspace.invalid', 'workspace.invalid'],
	])('is not used for %s', async (_what, noProxy, host) => {
		const { port } = await serve((_request, response) => response.end('{"ok":true}'));
		const proxy = await proxyTo(port);
		process.env.HTTP_PROXY = proxy.url;
		if (noProxy !== undefined) process.env.NO_PROXY = noProxy;
		const workspace = workspaceAt(`http://${host}:${port}`, { egress: openRules() });
		expect([(await workspace.request(get)).text, proxy.asked]).toEqual(['{"ok":true}', []]);
	});

	it('is named when it does not let the request through', async () => {
		const { server, port } = await serve((_request, response) => response.end());
		server.on('connect', (_request, socket) =>
			socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
		);
		process.env.HTTP_PROXY = `http://127.0.0.1:${port}`;
		const workspace = workspaceAt('http://workspace.invalid', { egress: openRules() });
		const error = await errorOf(() => workspace.request(get));
		expect([error.unreachable, error.message]).toEqual([
			true,
			'workspace.invalid is not reachable: the proxy answered with status 407 (UND_ERR_ABORTED).',
		]);
	});

	it.each([
		[undefined, 'localhost,127.0.0.1,[::1]'],
		['', 'localhost,127.0.0.1,[::1]'],
		['a.example.com,.corp', 'a.example.com,.corp,localhost,127.0.0.1,[::1]'],
		['*', '*'],
	])('NO_PROXY %j becomes %j', (noProxy, expected) => {
		expect(noProxyWithLoopback(noProxy)).toBe(expected);
	});
});
