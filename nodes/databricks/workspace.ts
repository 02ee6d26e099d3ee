import type { Dispatcher } from 'undici';
import type { z } from 'zod/v4';
import { parseAnswer } from './answers';
import { awaitShared, outcome, withRepeats } from './attempts';
import type { TokenForm, TokenSource } from './auth/tokenSource';
import { type Clock, systemClock } from './clock';
import { type EgressFilter, sharedConnections } from './connections';
import { errorFromAnswer, isTokenRefused } from './errorBody';
import { DatabricksError, type ErrorIds } from './errors';
import { normaliseHost } from './host';
import { writeJson } from './ids';
import { presignedUrl, storageError, withoutAddress } from './presignedLinks';
import { type Repeat, type RetryPolicy, standardRetry } from './retry';
import {
	type Body,
	type Connection,
	type HttpAnswer,
	type HttpRequest,
	type HttpStream,
	openStream,
	readText,
	send,
} from './transport';
import { userAgent } from './userAgent';

export interface WorkspaceOptions {
	/** As people write it; see `normaliseHost`. */
	host: string;
	tokens: TokenSource;
	/** Default: this package, its version, Node and the kind of credential. */
	userAgent?: string;
	/** Ends everything that is sent through this object. */
	signal?: AbortSignal;
	/** Overrides how long failing requests are repeated. */
	retry?: RetryPolicy;
	/** n8n's egress rules. */
	egress?: EgressFilter;
	clock?: Clock;
	random?: () => number;
	/** Default: the connections that the process shares. */
	dispatcher?: Dispatcher;
}

export interface RequestSpec {
	method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Already encoded; see `path` in paths.ts. */
	path: string;
	/** Undefined values are left out; arrays become repeated keys. */
	query?: Readonly<Record<string, QueryValue>>;
	/** Sent as JSON; `bigint` as plain digits. */
	json?: unknown;
	/** Sent as it is. */
	body?: Body;
	headers?: Readonly<Record<string, string>>;
	/** Default `always` for GET and HEAD, `refused` for the rest. */
	repeat?: Repeat;
	/** Longest time for one attempt; default 60 s. */
	timeoutMs?: number;
	/** Epoch ms after which nothing more is tried; default none. */
	deadlineMs?: number;
	retry?: RetryPolicy;
	/**
	 * For requests that start something: an attempt that is under way when the signal aborts is
	 * finished, so that the id of what was started is known and it can be cancelled.
	 */
	finishOnAbort?: boolean;
	/** Ids that belong into an error of this request. */
	ids?: ErrorIds;
}

export type QueryValue = string | number | bigint | boolean | readonly string[] | undefined;

const usualTimeoutMs = 60_000;

/** One workspace, one credential: every request to Databricks passes through here. */
export class Workspace {
	/** Scheme, host and port. */
	readonly host: string;
	readonly clock: Clock;
	readonly random: () => number;
	readonly signal?: AbortSignal;
	private readonly workspaceId?: string;
	private readonly connection: Connection;

	constructor(private readonly options: WorkspaceOptions) {
		const { origin, workspaceId } = normaliseHost(options.host);
		this.host = origin;
		this.workspaceId = workspaceId;
		this.clock = options.clock ?? systemClock;
		this.random = options.random ?? Math.random;
		this.signal = options.signal;
		this.connection = {
			dispatcher: options.dispatcher ?? sharedConnections(options.egress),
			egress: options.egress,
			clock: this.clock,
		};
	}

	/** The same workspace with another signal, or none: what follows a Stop must still be sent. */
	forSignal(signal: AbortSignal | undefined): Workspace {
		return new Workspace({ ...this.options, signal });
	}

	/**
	 * The same credential at another address of Databricks, with tokens that are good for what `details`
	 * says alone; undefined for a credential that cannot get such tokens.
	 */
	withTokensFor(origin: string, details: string): Workspace | undefined {
		const tokens = this.options.tokens.narrowed?.(details);
		return tokens === undefined
			? undefined
			: new Workspace({ ...this.options, host: origin, tokens });
	}

	/** Sends, repeats where that is safe, and gives the answer, which is a success. Throws DatabricksError. */
	async request(spec: RequestSpec): Promise<HttpAnswer> {
		return await this.repeated(spec, async (request) => {
			const answer = await send(request, this.connection);
			if (answer.status < 200 || answer.status > 299) throw this.answerError(answer, spec, request);
			return answer;
		});
	}

	/** Like `request`, with the JSON of the answer read through a schema; `parse` reads its text. */
	async json<Schema extends z.ZodType>(
		spec: RequestSpec,
		schema: Schema,
		parse?: (text: string) => unknown,
	): Promise<z.output<Schema>> {
		const answer = await this.request({
			...spec,
			headers: { accept: 'application/json', ...spec.headers },
		});
		return parseAnswer(answer.text, schema, spec.ids, parse);
	}

	/** Like `request`, with the body as a stream. Repeats end when the stream begins. */
	async stream(spec: RequestSpec): Promise<HttpStream> {
		return await this.repeated(spec, async (request) => {
			const answer = await openStream(request, this.connection);
			if (answer.status >= 200 && answer.status < 300) return answer;
			const text = await readText(answer.body, 16_384);
			throw this.answerError({ ...answer, text }, spec, request);
		});
	}

	/**
	 * Opens a presigned link: without Authorization, with the headers that came with it. The link is
	 * a secret, so errors name neither it nor its host. Repeats end when the stream begins.
	 */
	async presigned(link: {
		url: string;
		headers?: Readonly<Record<string, string>>;
		deadlineMs?: number;
		ids?: ErrorIds;
	}): Promise<HttpStream> {
		const url = presignedUrl(link.url);
		const attempt = async (timeoutMs: number) => {
			try {
				const answer = await openStream(
					{
						method: 'GET',
						url,
						headers: { 'user-agent': this.agent(), ...link.headers },
						timeoutMs,
						signal: this.signal,
					},
					this.connection,
				);
				if (answer.status === 200) return answer;
				const text = await readText(answer.body, 16_384);
				throw storageError({ ...answer, text }, link.ids);
			} catch (error) {
				throw withoutAddress(error, url);
			}
		};
		return await withRepeats(
			this.attemptOptions({ deadlineMs: link.deadlineMs, timeoutMs: 300_000 }),
			async (timeoutMs) => await outcome(attempt(timeoutMs), 'always'),
		);
	}

	private async repeated<T>(
		spec: RequestSpec,
		run: (request: HttpRequest) => Promise<T>,
	): Promise<T> {
		const usual = spec.method === 'GET' || spec.method === 'HEAD' ? 'always' : 'refused';
		const repeat = spec.repeat ?? usual;
		return await withRepeats(this.attemptOptions(spec), async (timeoutMs) => {
			const attempt = async (token: string) =>
				await outcome(run(this.httpRequest(spec, token, timeoutMs)), repeat, spec.ids);
			// Without a token the request itself is not sent, so asking for one again is harmless.
			const token = await outcome(this.token(spec, timeoutMs), 'always', spec.ids);
			if (!token.ok) return token;
			const result = await attempt(token.value);
			if (result.ok || !isTokenRefused(result.error)) return result;
			const other = await outcome(this.token(spec, timeoutMs, token.value), 'always', spec.ids);
			if (!other.ok) return other;
			return other.value === token.value ? result : await attempt(other.value);
		});
	}

	private attemptOptions(
		spec: Pick<RequestSpec, 'deadlineMs' | 'timeoutMs' | 'retry' | 'finishOnAbort'>,
	) {
		return {
			clock: this.clock,
			random: this.random,
			policy: spec.retry ?? this.options.retry ?? standardRetry,
			deadlineMs: spec.deadlineMs ?? Number.POSITIVE_INFINITY,
			signal: this.signal,
			timeoutMs: spec.timeoutMs ?? usualTimeoutMs,
			finishOnAbort: spec.finishOnAbort,
		};
	}

	private httpRequest(spec: RequestSpec, token: string, timeoutMs: number): HttpRequest {
		return {
			method: spec.method,
			url: this.url(spec),
			headers: {
				'user-agent': this.agent(),
				authorization: `Bearer ${token}`,
				...(this.workspaceId === undefined
					? {}
					: {
							'x-databricks-org-id': this.workspaceId,
							'x-databricks-workspace-id': this.workspaceId,
						}),
				...(spec.json === undefined ? {} : { 'content-type': 'application/json' }),
				...spec.headers,
			},
			body: spec.json === undefined ? spec.body : writeJson(spec.json),
			timeoutMs,
			signal: spec.finishOnAbort ? undefined : this.signal,
		};
	}

	private url(spec: RequestSpec): URL {
		const url = new URL(spec.path, this.host);
		if (url.origin !== this.host) throw new Error('The path of a request leads to another host.');
		for (const [key, value] of Object.entries(spec.query ?? {})) {
			if (value === undefined) continue;
			for (const item of Array.isArray(value) ? value : [value]) {
				url.searchParams.append(key, String(item));
			}
		}
		return url;
	}

	private agent(): string {
		return this.options.userAgent ?? userAgent(this.options.tokens.kind);
	}

	/** The bearer token. A refresh is shared, so it goes on when this caller gives up. */
	private async token(spec: RequestSpec, timeoutMs: number, rejected?: string): Promise<string> {
		const token = this.options.tokens.token({
			clock: this.clock,
			rejected,
			postForm: async (form) => await this.postForm(form),
		});
		return await awaitShared(
			token,
			{ clock: this.clock, signal: spec.finishOnAbort ? undefined : this.signal, timeoutMs },
			() =>
				new DatabricksError({
					kind: 'network',
					message: `No access token came from ${new URL(this.host).host} in time.`,
				}),
		);
	}

	private async postForm(form: TokenForm): Promise<HttpAnswer> {
		return await send(
			{
				method: 'POST',
				url: new URL(form.url),
				headers: {
					'user-agent': this.agent(),
					accept: 'application/json',
					'content-type': 'application/x-www-form-urlencoded',
					...form.headers,
				},
				body: new URLSearchParams({ ...form.fields }).toString(),
				timeoutMs: 30_000,
			},
			this.connection,
		);
	}

	private answerError(
		answer: HttpAnswer,
		spec: RequestSpec,
		request: HttpRequest,
	): DatabricksError {
		const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
		return errorFromAnswer({ ...answer, nowMs: this.clock.now(), secrets: [token], ids: spec.ids });
	}
}
