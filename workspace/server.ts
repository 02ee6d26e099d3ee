import { Hono } from 'hono';
import { ApiError } from './apiError';
import { systemClock, type Clock } from './clock';
import { json, type Env } from './env';
import { brokenResponse, ConnectionReset, strike } from './faultInjection';
import { registerFaultRoutes } from './faultRoutes';
import { newUuid } from './ids';
import { registerIdentityRoutes } from './identity/routes';
import { registerSignInRoutes } from './identity/signIn';
import { registerLinkRoutes } from './links';
import { listenOn, type Listener } from './listen';
import { LocalWorkspace } from './localWorkspace';
import { serviceLimits, type Limits } from './limits';
import { instantPace, type Pace } from './pace';
import { loadServices, registerServiceRoutes } from './services';
import { diskFullMessage, isDiskFull } from './systemError';
import { registerUsageRoutes } from './usageRoutes';

export interface ServerOptions {
	clock?: Clock;
	/** What is not named is instant. */
	pace?: Partial<Pace>;
	/** What is not named is as the service has it. */
	limits?: Partial<Limits>;
	/** Ids of jobs and runs that fit a double, for clients that cannot read others. */
	shortIds?: boolean;
}

export interface WorkspaceOptions {
	/** Everything is kept here and survives the process; without it, in memory. */
	stateFolder?: string;
	userName?: string;
}

export interface LocalServer {
	app: Hono<Env>;
	/** Answers a request in this process, without a socket. A connection cut by a fault rejects. */
	fetch(request: Request): Promise<Response>;
	readonly workspaces: ReadonlySet<LocalWorkspace>;
	addWorkspace(options?: WorkspaceOptions): Promise<LocalWorkspace>;
	/** Listens on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken. */
	listen(port?: number): Promise<Listener>;
	/** Ends everything: sockets, runs, lakehouses. */
	close(): Promise<void>;
}

/** A server with no workspace in it yet: `addWorkspace` makes one, with a token of its own. */
export function createServer(options: ServerOptions = {}): LocalServer {
	const clock = options.clock ?? systemClock;
	const pace = { ...instantPace, ...options.pace };
	const limits = { ...serviceLimits, ...options.limits };
	const workspaces = new Set<LocalWorkspace>();
	const listeners = new Set<Listener>();
	const app = createApp(workspaces);

	const answerOrFault = async (request: Request): Promise<Response> => {
		const answer = async () => await app.fetch(request);
		const workspace = workspaceReached(workspaces, request);
		const fault = workspace?.faults.take(request.method, new URL(request.url).pathname);
		if (workspace === undefined || fault === undefined) return await answer();
		return await strike(fault, answer, clock, workspace.closing.signal);
	};

	return {
		app,
		fetch: async (request) => {
			try {
				return await answerOrFault(request);
			} catch (error) {
				if (!(error instanceof ConnectionReset) || error.half === undefined) throw error;
				return brokenResponse(error.half);
			}
		},
		workspaces,
		addWorkspace: async (workspaceOptions = {}) => {
			const workspace = await LocalWorkspace.open({
				clock,
				pace,
				limits,
				shortIds: options.shortIds,
				...workspaceOptions,
			});
			for (const { url } of listeners) workspace.host = url;
			await loadServices(workspace);
			workspaces.add(workspace);
			return workspace;
		},
		listen: async (port = 0) => {
			const listener = await listenOn(answerOrFault, port);
			listeners.add(listener);
			for (const workspace of workspaces) workspace.host = listener.url;
			return listener;
		},
		close: async () => {
			for (const workspace of workspaces) await workspace.close();
			for (const listener of listeners) await listener.close();
			workspaces.clear();
			listeners.clear();
		},
	};
}

function createApp(workspaces: ReadonlySet<LocalWorkspace>): Hono<Env> {
	const app = new Hono<Env>({ strict: false });

	app.onError((error) => {
		if (error instanceof ApiError) return json(error.body(), error.status);
		if (isDiskFull(error)) {
			return json({ error_code: 'RESOURCE_EXHAUSTED', message: diskFullMessage }, 507);
		}
		const message = `The local workspace failed: ${error.message}`;
		return json({ error_code: 'INTERNAL_ERROR', message }, 500);
	});
	app.notFound((context) => {
		const { method } = context.req;
		const { pathname } = new URL(context.req.url);
		const message = `The local workspace does not have ${method} ${pathname}.`;
		return json({ error_code: 'NOT_IMPLEMENTED', message }, 501);
	});

	app.use(async (context, next) => {
		context.set('requestId', newUuid());
		await next();
		context.res.headers.set('x-request-id', context.get('requestId'));
	});
	registerSignInRoutes(app, workspaces);
	registerLinkRoutes(app, workspaces);

	app.use(async (context, next) => {
		const token = bearerToken(context.req.raw);
		if (token === undefined) throw new ApiError(401, 401, credentialMissing);
		const workspace = workspaceOfToken(workspaces, token);
		const principal = workspace?.principalOf(token);
		if (workspace === undefined || principal === undefined) {
			throw new ApiError(403, 403, 'Invalid access token.');
		}
		context.set('workspace', workspace);
		context.set('principal', principal);
		await next();
		context.res.headers.set('x-databricks-org-id', workspace.workspaceId);
	});
	registerUsageRoutes(app);
	registerIdentityRoutes(app);
	registerFaultRoutes(app);
	registerServiceRoutes(app);
	return app;
}

const credentialMissing = 'Credential was not sent or was of an unsupported type for this API.';

function bearerToken(request: Request): string | undefined {
	return /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

function workspaceOfToken(workspaces: ReadonlySet<LocalWorkspace>, token: string) {
	for (const workspace of workspaces) if (workspace.principalOf(token)) return workspace;
	return undefined;
}

/** The workspace whose faults may strike: by token, by client id, by the link that is fetched. */
function workspaceReached(workspaces: ReadonlySet<LocalWorkspace>, request: Request) {
	const token = bearerToken(request);
	if (token !== undefined) return workspaceOfToken(workspaces, token);
	const basic = /^Basic +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
	const clientId = Buffer.from(basic ?? '', 'base64')
		.toString()
		.split(':')[0];
	const { pathname } = new URL(request.url);
	for (const workspace of workspaces) {
		if (workspace.clientId === clientId) return workspace;
		if (pathname.startsWith(`/local/links/${workspace.workspaceId}/`)) return workspace;
	}
	return undefined;
}
