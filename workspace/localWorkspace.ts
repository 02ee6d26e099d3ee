import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from './clock';
import { Lakehouse } from './delta/lakehouse';
import { FaultList } from './faults';
import {
	IdSource,
	newAccessToken,
	newClientSecret,
	newToken,
	newUuid,
	newWarehouseId,
	newWorkspaceId,
} from './ids';
import type { Limits } from './limits';
import { makeFolder } from './makeFolder';
import type { Pace } from './pace';
import { isDiskFull, systemErrorCode } from './systemError';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporaryFolder';

/** Who a token belongs to. `userName` of a service principal is its application id. */
export interface Principal {
	kind: 'user' | 'servicePrincipal';
	id: string;
	userName: string;
	displayName: string;
}

/** A state folder that cannot be used; the message is one sentence for the person who gave it. */
export class StateFolderError extends Error {}

export interface LocalWorkspaceOptions {
	clock: Clock;
	pace: Pace;
	limits: Limits;
	/** Ids of jobs and runs that fit a double, for clients that cannot read others. */
	shortIds?: boolean;
	/** Everything is kept here and survives the process; without it, in memory. */
	stateFolder?: string;
	userName?: string;
}

const identitySchema = z.object({
	workspaceId: z.string(),
	token: z.string(),
	clientId: z.string(),
	clientSecret: z.string(),
	warehouseId: z.string(),
	userName: z.string(),
	userId: z.string(),
	servicePrincipalId: z.string(),
});
type Identity = z.infer<typeof identitySchema>;

const accessTokenLifeMs = 3_600_000;

/** Everything of one workspace: who may enter, its lakehouse, its clock. One per token. */
export class LocalWorkspace {
	/** Origin under which the workspace is reached; `listen` sets it. */
	host = 'http://workspace.test';
	readonly faults = new FaultList();
	readonly ids: IdSource;
	/** Aborts when the workspace closes: whatever runs in the background listens to it. */
	readonly closing = new AbortController();
	private readonly accessTokens = new Map<string, { principal: Principal; expiresAtMs: number }>();
	private readonly endings: (() => Promise<void>)[] = [];
	private temporaryFolder: string | undefined;

	private constructor(
		private readonly identity: Identity,
		readonly lakehouse: Lakehouse,
		/** The real folder behind /Volumes. */
		readonly volumesRoot: string,
		readonly clock: Clock,
		readonly pace: Pace,
		readonly limits: Limits,
		shortIds: boolean | undefined,
	) {
		this.ids = new IdSource(clock, shortIds);
	}

	/** Opens a workspace, new or as its state folder holds it. Throws StateFolderError. */
	static async open(options: LocalWorkspaceOptions): Promise<LocalWorkspace> {
		const { stateFolder, clock, pace, limits } = options;
		const root = stateFolder ?? makeTemporaryFolder('local-workspace');
		const volumesRoot = join(root, 'volumes');
		try {
			await makeFolder(volumesRoot);
			const identity = await identityIn(root, options);
			const databasePath = stateFolder === undefined ? ':memory:' : join(root, 'state.duckdb');
			const lakehouse = await Lakehouse.open({ databasePath, volumesRoot, clock });
			const workspace = new LocalWorkspace(
				identity,
				lakehouse,
				volumesRoot,
				clock,
				pace,
				limits,
				options.shortIds,
			);
			if (stateFolder === undefined) workspace.temporaryFolder = root;
			return workspace;
		} catch (error) {
			if (stateFolder !== undefined) throw stateFolderError(stateFolder, error);
			removeTemporaryFolder(root);
			throw error;
		}
	}

	get workspaceId(): string {
		return this.identity.workspaceId;
	}

	get token(): string {
		return this.identity.token;
	}

	get clientId(): string {
		return this.identity.clientId;
	}

	get clientSecret(): string {
		return this.identity.clientSecret;
	}

	/** The warehouse that every workspace starts with. */
	get warehouseId(): string {
		return this.identity.warehouseId;
	}

	get user(): Principal {
		const { userId: id, userName } = this.identity;
		return { kind: 'user', id, userName, displayName: userName.split('@')[0] ?? userName };
	}

	get servicePrincipal(): Principal {
		const { servicePrincipalId: id, clientId: userName } = this.identity;
		return { kind: 'servicePrincipal', id, userName, displayName: 'n8n' };
	}

	/** The principal of a user name or application id; a user nobody has signed in as is one too. */
	principalNamed(userName: string): Principal {
		const known = [this.user, this.servicePrincipal].find((each) => each.userName === userName);
		return known ?? { kind: 'user', id: '0', userName, displayName: userName };
	}

	/** Whose token this is; `undefined` when it is unknown or has expired. */
	principalOf(token: string): Principal | undefined {
		if (token === this.token) return this.user;
		const access = this.accessTokens.get(token);
		return access !== undefined && access.expiresAtMs > this.clock.now()
			? access.principal
			: undefined;
	}

	/** An OAuth access token of the service principal, good for an hour of the workspace's clock. */
	issueAccessToken(): { accessToken: string; expiresInSeconds: number } {
		const nowMs = this.clock.now();
		for (const [token, { expiresAtMs }] of this.accessTokens) {
			if (expiresAtMs <= nowMs) this.accessTokens.delete(token);
		}
		const accessToken = newAccessToken();
		const expiresAtMs = nowMs + accessTokenLifeMs;
		this.accessTokens.set(accessToken, { principal: this.servicePrincipal, expiresAtMs });
		return { accessToken, expiresInSeconds: accessTokenLifeMs / 1000 };
	}

	/** Makes every OAuth access token invalid at once, as a revoked grant does. */
	revokeAccessTokens(): void {
		this.accessTokens.clear();
	}

	/** Registers what has to end before the lakehouse closes; last registered ends first. */
	onClose(end: () => Promise<void>): void {
		this.endings.push(end);
	}

	/** Says what went wrong in the background, where no request waits for an answer. */
	report(error: unknown): void {
		const message = error instanceof Error ? error.message : String(error);
		process.stderr.write(`local workspace: ${message}\n`);
	}

	/** Stops what runs in the background, then closes the lakehouse. */
	async close(): Promise<void> {
		if (this.closing.signal.aborted) return;
		this.closing.abort(new Error('The local workspace is closing.'));
		for (const end of this.endings.reverse()) await end();
		await this.lakehouse.close();
		if (this.temporaryFolder !== undefined) removeTemporaryFolder(this.temporaryFolder);
	}
}

/** Reads who may enter from the folder, or writes it there the first time. */
async function identityIn(root: string, { userName, clock }: LocalWorkspaceOptions) {
	const file = join(root, 'workspace.json');
	const text = await readFile(file, 'utf8').catch((error: unknown) => {
		if (systemErrorCode(error) === 'ENOENT') return undefined;
		throw error;
	});
	if (text !== undefined) return identityOf(text);
	const number = clock.now().toString();
	const identity: Identity = {
		workspaceId: newWorkspaceId(),
		token: newToken(),
		clientId: newUuid(),
		clientSecret: newClientSecret(),
		warehouseId: newWarehouseId(),
		userName: userName ?? 'close@example.com',
		userId: `1${number}`,
		servicePrincipalId: `2${number}`,
	};
	try {
		await writeFile(`${file}.new`, JSON.stringify(identity, null, '\t'), { mode: 0o600 });
		await rename(`${file}.new`, file);
	} catch (error) {
		await rm(`${file}.new`, { force: true });
		throw error;
	}
	return identity;
}

function identityOf(text: string): Identity {
	try {
		return identitySchema.parse(JSON.parse(text));
	} catch {
		throw new Error('its workspace.json is not one of a local workspace');
	}
}

function stateFolderError(folder: string, error: unknown): StateFolderError {
	const text = error instanceof Error ? error.message : String(error);
	const code = systemErrorCode(error);
	const sentence = /lock|already (?:open|in use)/i.test(text)
		? `The state folder ${folder} is in use by another local workspace: stop that one, or name another folder with --state.`
		: isDiskFull(error)
			? `The disk of the state folder ${folder} is full: free some space, or name another folder with --state.`
			: code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
				? `The state folder ${folder} cannot be written: change its permissions, or name another folder with --state.`
				: code === 'ENOTDIR' || code === 'EEXIST'
					? `The state folder ${folder} is a file: name a folder with --state.`
					: code === 'ENOENT'
						? `The state folder ${folder} cannot be made: name another folder with --state.`
						: `The state folder ${folder} cannot be opened (${text}): name another folder with --state.`;
	return new StateFolderError(sentence, { cause: error });
}
