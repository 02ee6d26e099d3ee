import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from './clock';
import type { EgressFilter } from './connections';
import { abortedError, DatabricksError, type DatabricksErrorFields } from './errors';

/**
 * The only file that sends. It knows HTTP, time and cancellation; nothing of Databricks, tokens or
 * repeats. Redirects are not followed. Failures are DatabricksError of kind network,
 * aborted or blocked; every answer, whatever its status, is a value.
 */
export type Body = string | Uint8Array | (() => Readable | Promise<Readable>);

export interface HttpRequest {
	method: string;
	url: URL;
	headers: Readonly<Record<string, string>>;
	body?: Body;
	/** Time until the whole answer is read; for `openStream` until its headers are. */
	timeoutMs: number;
	signal?: AbortSignal;
}

export interface HttpAnswer {
	status: number;
	/** Names in lower case; repeated headers are joined with a comma. */
	headers: Record<string, string>;
	text: string;
}

export interface HttpStream {
	status: number;
	headers: Record<string, string>;
	body: Readable;
}

/** How requests leave: the connections, the egress rules of the host, the clock of timeouts. */
export interface Connection {
	dispatcher: Dispatcher;
	egress?: EgressFilter;
	clock: Clock;
}

const longestSilenceOfStreamMs = 120_000;

/** Sends and reads the whole answer as text. */
export async function send(request: HttpRequest, connection: Connection): Promise<HttpAnswer> {
	const limit = limits(request, connection.clock);
	try {
		const answer = await dispatch(request, connection, limit.signal);
		return { ...answer, text: await answer.body.text() };
	} catch (error) {
		throw failure(error, request, limit.signal);
	} finally {
		limit.release();
	}
}

/** Sends and gives the body as a stream; the signal ends the stream, too. */
export async function openStream(
	request: HttpRequest,
	connection: Connection,
): Promise<HttpStream> {
	const limit = limits(request, connection.clock);
	try {
		const answer = await dispatch(request, connection, limit.signal);
		limit.stopTimer();
		answer.body.once('close', limit.release);
		// Whoever reads the body hears of its error; one that nobody reads any more must not end the process.
		answer.body.on('error', () => undefined);
		return answer;
	} catch (error) {
		limit.release();
		throw failure(error, request, limit.signal);
	}
}

/** Reads a stream of an answer that turned out to be small, such as an error. */
export async function readText(stream: Readable, longestBytes: number): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of stream) {
		const buffer = Buffer.from(chunk);
		chunks.push(buffer);
		bytes += buffer.length;
		if (bytes > longestBytes) break;
	}
	return Buffer.concat(chunks).toString('utf8').slice(0, longestBytes);
}

async function dispatch(request: HttpRequest, connection: Connection, signal: AbortSignal) {
	await checkEgress(request.url, connection.egress);
	signal.throwIfAborted();
	const body = typeof request.body === 'function' ? await request.body() : request.body;
	const answer = await connection.dispatcher.request({
		origin: request.url.origin,
		path: `${request.url.pathname}${request.url.search}`,
		method: request.method,
		headers: { ...request.headers },
		body: body instanceof Uint8Array ? Buffer.from(body) : body,
		signal,
		headersTimeout: 0,
		bodyTimeout: longestSilenceOfStreamMs,
	});
	return { status: answer.statusCode, headers: plainHeaders(answer.headers), body: answer.body };
}

async function checkEgress(url: URL, egress: EgressFilter | undefined): Promise<void> {
	const verdict = await egress?.validateUrl(url.href);
	if (verdict === undefined || verdict.ok) return;
	throw new DatabricksError({
		kind: 'blocked',
		message: `The egress rules of this n8n instance do not allow requests to ${url.host}.`,
		hint: 'Ask the administrator to allow the host (N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES).',
	});
}

/** One signal for the caller's wish and the time limit; its reason is the error to throw. */
function limits(request: HttpRequest, clock: Clock) {
	const controller = new AbortController();
	const timer = new AbortController();
	const { signal, timeoutMs, url } = request;
	const onAbort = () => signal && controller.abort(abortedError(signal));
	if (signal?.aborted) onAbort();
	signal?.addEventListener('abort', onAbort, { once: true });
	clock.sleep(timeoutMs, timer.signal).then(
		() =>
			controller.abort(
				new DatabricksError({
					kind: 'network',
					message: `No answer from ${url.host} within ${Math.max(1, Math.round(timeoutMs / 1_000))} s.`,
					outcomeUnknown: true,
				}),
			),
		() => undefined,
	);
	const stopTimer = () => timer.abort();
	const release = () => {
		stopTimer();
		signal?.removeEventListener('abort', onAbort);
	};
	return { signal: controller.signal, stopTimer, release };
}

function failure(error: unknown, request: HttpRequest, signal: AbortSignal): DatabricksError {
	if (signal.aborted && signal.reason instanceof DatabricksError) return signal.reason;
	if (error instanceof DatabricksError) return error;
	return networkError(error, request.url);
}

/** Codes of Node and undici that mean: no connection, so nothing can have arrived. */
const unreachableCodes: Readonly<Record<string, string>> = {
	ENOTFOUND: 'the name is not known',
	EAI_AGAIN: 'the name cannot be looked up at the moment',
	ECONNREFUSED: 'the connection was refused',
	EHOSTUNREACH: 'there is no route to it',
	ENETUNREACH: 'the network is not reachable',
	UND_ERR_CONNECT_TIMEOUT: 'the connection could not be made in time',
	UND_ERR_PRX_TLS: 'the proxy could not connect',
};

/** What made a connection impossible; undefined when there was one, so that a request may have arrived. */
function unreachableReason(error: unknown, code: string): string | undefined {
	const tunnel = /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '');
	if (tunnel !== null) return `the proxy answered with status ${tunnel[1]}`;
	return unreachableCodes[code] ?? (isConnecting(error) ? 'it cannot be connected to' : undefined);
}

/** Whether it broke while connecting: Node names the call, and gathers the attempts of two address families. */
function isConnecting(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	if ('errors' in error && Array.isArray(error.errors)) return error.errors.every(isConnecting);
	if ('syscall' in error && error.syscall === 'connect') return true;
	return 'cause' in error && isConnecting(error.cause);
}

/** Turns an error of the connection into one that says what it means. */
export function networkError(error: unknown, url: URL): DatabricksError {
	const code = codesOf(error)[0] ?? '';
	const suffix = code === '' ? '' : ` (${code})`;
	const base = { kind: 'network', cause: code === '' ? undefined : code } as const;
	const reason = unreachableReason(error, code);
	const fields: DatabricksErrorFields = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/.test(
		code,
	)
		? {
				...base,
				message: `No secure connection to ${url.host}${suffix}.`,
				hint: 'Check the host, or add the certificate of your network with NODE_EXTRA_CA_CERTS.',
			}
		: reason !== undefined
			? {
					...base,
					message: `${url.host} is not reachable: ${reason}${suffix}.`,
					hint: 'Check the host of the credential and that this machine may connect to it.',
					unreachable: true,
				}
			: {
					...base,
					message: `The connection to ${url.host} broke before the answer was complete${suffix}.`,
					outcomeUnknown: true,
				};
	return new DatabricksError(fields);
}

/**
 * The codes of an error and of what caused it; happy eyeballs gives an AggregateError. By shape, not
 * by class: an error may come from another realm.
 */
function codesOf(error: unknown): string[] {
	if (typeof error !== 'object' || error === null) return [];
	const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
	const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
	const cause = 'cause' in error ? [error.cause] : [];
	return [...own, ...[...inner, ...cause].flatMap(codesOf)];
}

function plainHeaders(
	headers: Record<string, string | string[] | undefined>,
): Record<string, string> {
	const plain: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined)
			plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
	}
	return plain;
}
