import type { TokenSource } from '../../nodes/databricks/auth/tokenSource';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { DatabricksError } from '../../nodes/databricks/errors';
import { parseJson } from '../../nodes/databricks/ids';
import { Workspace, type WorkspaceOptions } from '../../nodes/databricks/workspace';
import { type Handler, InProcessDispatcher } from './inProcessDispatcher';
import { TestClock } from './testClock';

export const testToken = 'dapi0123456789abcdef0123456789abcdef';

/** A workspace whose answers come from `handler` and whose time jumps. */
export function workspaceUnderTest(
	handler: Handler,
	options: Partial<WorkspaceOptions> & { tokens?: TokenSource } = {},
) {
	const dispatcher = new InProcessDispatcher(handler);
	const clock = new TestClock(() => dispatcher.working > 0);
	const workspace = new Workspace({
		host: 'https://adb-1.2.azuredatabricks.net',
		tokens: staticToken(testToken),
		clock,
		random: () => 0.5,
		dispatcher,
		...options,
	});
	return { workspace, dispatcher, clock };
}

/** Answers the requests one after the other; one more is an error of the test. */
export function inTurn(...answers: (() => ReturnType<Handler>)[]): Handler {
	let next = 0;
	return () => {
		const answer = answers[next++];
		if (answer === undefined) throw new Error(`Request ${next} was not expected.`);
		return answer();
	};
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
	return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
		status,
		headers: { 'content-type': 'application/json', ...headers },
	});
}

/** An error of the connection, as Node raises it. */
export function brokenConnection(code: string): Error {
	return Object.assign(new Error(`connection: ${code}`), { code });
}

/** The body of a request, read without loss. */
export async function bodyOf(request: Request): Promise<unknown> {
	const text = await request.text();
	return text === '' ? undefined : parseJson(text);
}

/** The DatabricksError that `work` throws. */
export async function errorOf(work: () => Promise<unknown>): Promise<DatabricksError> {
	try {
		await work();
	} catch (error) {
		if (error instanceof DatabricksError) return error;
		throw error;
	}
	throw new Error('It was expected to fail.');
}

/** The error that `work` throws at once. */
export function errorThrownBy(work: () => unknown): DatabricksError {
	try {
		work();
	} catch (error) {
		if (error instanceof DatabricksError) return error;
		throw error;
	}
	throw new Error('It was expected to fail.');
}
