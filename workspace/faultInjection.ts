import type { Clock } from './clock';
import type { Fault } from './faults';
import { writeJson } from './ids';

/** Half of an answer, after which the connection is cut. */
export interface HalfAnswer {
	status: number;
	headers: Headers;
	bytes: Uint8Array;
}

/** Thrown where a real server would cut the connection; the listener closes the socket for it. */
export class ConnectionReset extends TypeError {
	readonly code = 'ECONNRESET';

	constructor(readonly half?: HalfAnswer) {
		super('fetch failed: the connection was reset (injected fault)');
	}
}

/** Answers a request as the fault wants it. `answer` makes the real answer, with its effect. */
export async function strike(
	fault: Fault,
	answer: () => Promise<Response>,
	clock: Clock,
	signal: AbortSignal,
): Promise<Response> {
	const wait = async (when: Fault['when']) => {
		if (fault.when === when && fault.delayMs !== undefined)
			await clock.sleep(fault.delayMs, signal);
	};
	await wait('before');
	const replaced = fault.reset === true || fault.status !== undefined;
	if (replaced && fault.when === 'before') return refusal(fault);
	const real = await answer();
	await wait('after');
	if (replaced) {
		await real.body?.cancel();
		return refusal(fault);
	}
	if (fault.truncate === true) throw new ConnectionReset(await halfOf(real));
	if (fault.malformed === true) return malformed(real);
	return real;
}

function refusal(fault: Fault): Response {
	if (fault.status === undefined) throw new ConnectionReset();
	const { status, body, retryAfter } = fault;
	const headers = new Headers();
	if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
	if (typeof body === 'string') {
		headers.set('content-type', 'text/html; charset=utf-8');
		return new Response(body, { status, headers });
	}
	headers.set('content-type', 'application/json');
	return new Response(writeJson(body ?? defaultBody(status)), { status, headers });
}

function defaultBody(status: number): Record<string, unknown> {
	if (status === 429) {
		return { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'Too many requests (injected fault).' };
	}
	if (status === 503) {
		return { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Try again later (injected fault).' };
	}
	if (status === 403) return { error_code: 403, message: 'Invalid access token.' };
	return { error_code: 'INTERNAL_ERROR', message: `Status ${status} (injected fault).` };
}

/** Announces the whole length, and has half of it. */
async function halfOf(real: Response): Promise<HalfAnswer> {
	const bytes = new Uint8Array(await real.arrayBuffer());
	const headers = new Headers(real.headers);
	headers.set('content-length', String(bytes.length));
	return { status: real.status, headers, bytes: bytes.subarray(0, Math.floor(bytes.length / 2)) };
}

/** Half an answer as a response in this process: its body breaks off. */
export function brokenResponse({ status, headers, bytes }: HalfAnswer): Response {
	let sent = false;
	const body = new ReadableStream<Uint8Array>({
		pull(controller) {
			if (sent) return controller.error(new ConnectionReset());
			sent = true;
			controller.enqueue(bytes);
		},
	});
	return new Response(body, { status, headers });
}

async function malformed(real: Response): Promise<Response> {
	const text = await real.text();
	const headers = new Headers(real.headers);
	headers.delete('content-length');
	return new Response(text.slice(0, Math.max(1, Math.floor(text.length / 2))), {
		status: real.status,
		headers,
	});
}
