import { Readable } from 'node:stream';
import { Dispatcher } from 'undici';

export type Handler = (request: Request) => Response | 'silence' | Promise<Response | 'silence'>;

export interface SeenRequest {
	method: string;
	/** Path with query. */
	path: string;
	headers: Record<string, string>;
	body: string;
}

/**
 * undici's way out of the process, without the process's edge: each request is handed to a function
 * as a web `Request`. A handler that throws is a connection that breaks; `'silence'` never answers.
 */
export class InProcessDispatcher extends Dispatcher {
	readonly seen: SeenRequest[] = [];
	/** Requests that a handler is working on; silent ones do not count. */
	working = 0;

	constructor(private readonly handler: Handler) {
		super();
	}

	override dispatch(
		options: Dispatcher.DispatchOptions,
		handler: Dispatcher.DispatchHandler,
	): boolean {
		void this.exchange(options, handler);
		return true;
	}

	private async exchange(
		options: Dispatcher.DispatchOptions,
		handler: Dispatcher.DispatchHandler,
	): Promise<void> {
		let ended = false;
		const fail = (error: Error) => {
			if (!ended) handler.onError?.(error);
			ended = true;
		};
		handler.onConnect?.((reason) => fail(reason ?? new Error('aborted')));
		if (ended) return;
		this.working++;
		let answer: Response | 'silence';
		try {
			answer = await this.handler(await this.requestOf(options));
		} catch (error) {
			this.working--;
			fail(error instanceof Error ? error : new Error(String(error)));
			return;
		}
		if (answer === 'silence' || ended) {
			this.working--;
			return;
		}
		const headers = [...answer.headers].flatMap(([name, value]) => [
			Buffer.from(name),
			Buffer.from(value),
		]);
		handler.onHeaders?.(answer.status, headers, () => undefined, answer.statusText);
		try {
			const reader = answer.body?.getReader();
			for (;;) {
				const part = await reader?.read();
				if (part === undefined || part.done) break;
				if (!ended) handler.onData?.(Buffer.from(part.value));
			}
			if (!ended) handler.onComplete?.([]);
			ended = true;
		} catch (error) {
			fail(error instanceof Error ? error : new Error(String(error)));
		} finally {
			this.working--;
		}
	}

	private async requestOf(options: Dispatcher.DispatchOptions): Promise<Request> {
		const headers = new Headers(Object.entries(options.headers ?? {}).map(textPair));
		const body = await bytesOf(options.body);
		this.seen.push({
			method: options.method,
			path: options.path,
			headers: Object.fromEntries(headers),
			body: body?.toString('utf8') ?? '',
		});
		return new Request(`${String(options.origin)}${options.path}`, {
			method: options.method,
			headers,
			body: body === undefined ? undefined : new Uint8Array(body),
		});
	}
}

function textPair([name, value]: [string, unknown]): [string, string] {
	return [name, String(value)];
}

async function bytesOf(body: Dispatcher.DispatchOptions['body']): Promise<Buffer | undefined> {
	if (body === null || body === undefined) return undefined;
	if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
	if (!(body instanceof Readable)) throw new Error('Only texts, bytes and streams are sent.');
	const chunks: Buffer[] = [];
	for await (const chunk of body) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks);
}
