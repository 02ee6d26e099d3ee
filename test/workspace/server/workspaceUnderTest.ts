import { parseJson, writeJson } from '../../../workspace/ids';
import type { LocalWorkspace } from '../../../workspace/localWorkspace';
import { createServer, type ServerOptions } from '../../../workspace/server';

/** What a call answered: the status, and the body as JSON (ids as bigint) or text. */
export interface Answer {
	status: number;
	body: unknown;
	headers: Headers;
}

export type Call = (
	method: string,
	path: string,
	body?: unknown,
	headers?: Record<string, string>,
) => Promise<Answer>;

/** A workspace in this process, asked without a socket; `call` uses its token unless told. */
export async function workspaceUnderTest(options: ServerOptions = {}, stateFolder?: string) {
	const server = createServer(options);
	const workspace = await server.addWorkspace({ stateFolder, userName: 'ana@example.com' });
	return { server, workspace, call: callerOf(server.fetch, workspace) };
}

export function callerOf(
	fetch: (request: Request) => Promise<Response>,
	workspace: LocalWorkspace,
): Call {
	return async (method, path, body, headers = {}) => {
		const init: RequestInit = {
			method,
			headers: { authorization: `Bearer ${workspace.token}`, ...headers },
		};
		if (body !== undefined) init.body = bodyOf(body);
		const response = await fetch(new Request(`http://workspace.test${path}`, init));
		const text = await response.text();
		const isJson = response.headers.get('content-type') === 'application/json';
		return {
			status: response.status,
			body: isJson && text !== '' ? parseJson(text) : text,
			headers: response.headers,
		};
	};
}

function bodyOf(body: unknown): BodyInit {
	if (typeof body === 'string' || body instanceof FormData) return body;
	if (body instanceof URLSearchParams) return body;
	if (body instanceof Uint8Array) return new Uint8Array(body);
	return writeJson(body);
}

/** A value inside an answer, by keys and indexes; `undefined` when there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
	return path.reduce<unknown>((inner, key) => {
		if (typeof inner !== 'object' || inner === null) return undefined;
		return Reflect.get(inner, key);
	}, value);
}
