import { text } from 'node:stream/consumers';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod/v4';
import { DatabricksError } from '../../nodes/databricks/errors';
import { noRetry } from '../../nodes/databricks/retry';
import { packageVersion } from '../../nodes/databricks/userAgent';
import type { RequestSpec } from '../../nodes/databricks/workspace';
import {
	brokenConnection,
	errorOf,
	inTurn,
	json,
	testToken,
	workspaceUnderTest,
} from './workspaceUnderTest';

const get: RequestSpec = { method: 'GET', path: '/api/2.0/thing' };
const post: RequestSpec = { method: 'POST', path: '/api/2.0/thing', json: { a: 1 } };
const postWithToken: RequestSpec = { ...post, repeat: 'always' };
const postLookedUp: RequestSpec = { ...post, repeat: 'unsent' };

describe('what is sent', () => {
	it('carries token, names itself, and sends ids as numbers', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}));
		await workspace.request({
			method: 'POST',
			path: '/api/2.2/jobs/run-now',
			query: { a: 1, b: undefined, c: ['x', 'y z'], d: true },
			json: { job_id: 7012345678901234567n },
		});
		const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
		expect(packageVersion).toBe(version);
		expect(dispatcher.seen).toEqual([
			{
				method: 'POST',
				path: '/api/2.2/jobs/run-now?a=1&c=x&c=y+z&d=true',
				headers: {
					authorization: `Bearer ${testToken}`,
					'content-type': 'application/json',
					'user-agent': `n8n-community_databricks-lakehouse/${version} node/${process.versions.node} os/${process.platform} auth/pat`,
				},
				body: '{"job_id":7012345678901234567}',
			},
		]);
	});

	it('names the workspace on a host that serves several', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}), {
			host: 'https://data.example.com/?o=1234567890123456',
		});
		await workspace.request(get);
		expect(dispatcher.seen[0]?.headers).toMatchObject({
			'x-databricks-org-id': '1234567890123456',
			'x-databricks-workspace-id': '1234567890123456',
		});
	});

	it('opens a stream again for each attempt', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(
			inTurn(
				() => json({}, 429),
				() => json({}),
			),
		);
		const body = () => Readable.from(['ab', 'c']);
		await workspace.request({ method: 'PUT', path: '/api/2.0/fs/files/x', body });
		expect(dispatcher.seen.map((request) => request.body)).toEqual(['abc', 'abc']);
	});
});

describe('what comes back', () => {
	const schema = z.looseObject({ id: z.string(), name: z.string().optional() });

	it('is read through a schema that lets unknown fields pass', async () => {
		const { workspace } = workspaceUnderTest(() => json('{"id":"a","extra":7012345678901234567}'));
		expect(await workspace.json(get, schema)).toEqual({ id: 'a', extra: '7012345678901234567' });
	});

	it('may be empty', async () => {
		const { workspace } = workspaceUnderTest(() => new Response(null, { status: 204 }));
		expect(await workspace.json(get, z.looseObject({}))).toEqual({});
	});

	it.each([
		[
			'a login page',
			'<html>please log in</html>',
			'The host answered with something that is not JSON.',
		],
		[
			'another shape',
			'{"id":{"secret":"x"}}',
			'Databricks answered in a form that is not known here: id: Invalid input: expected string, received object.',
		],
	])('that is %s is an error without its content', async (_what, body, message) => {
		const { workspace } = workspaceUnderTest(() => json(body));
		const error = await errorOf(() => workspace.json(get, schema));
		expect([error.kind, error.message]).toEqual(['unexpectedAnswer', message]);
	});

	it('can be a stream', async () => {
		const { workspace } = workspaceUnderTest(() => new Response('long text'));
		const { status, body } = await workspace.stream(get);
		expect([status, await body.toArray()]).toEqual([200, [Buffer.from('long text')]]);
	});

	it('is an error before the stream begins', async () => {
		const { workspace } = workspaceUnderTest(() => json({ message: 'file does not exist' }, 404));
		const error = await errorOf(() => workspace.stream(get));
		expect([error.kind, error.message]).toEqual(['notFound', 'file does not exist']);
	});
});

const busy = { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'busy' };

describe('what is repeated', () => {
	const failures = {
		'429': () => json({ message: 'slow down' }, 429),
		'503 of Databricks': () => json(busy, 503),
		'503 of a proxy': () => new Response('<html></html>', { status: 503 }),
		'502': () => new Response('', { status: 502 }),
		'504': () => new Response('', { status: 504 }),
		'500': () => json({ error_code: 'INTERNAL_ERROR', message: 'x' }, 500),
		'500 with a transient text': () => json({ message: 'ClusterNotReadyException' }, 500),
		'400 lock': () => json({ error_code: 'COULD_NOT_ACQUIRE_LOCK', message: 'x' }, 400),
		'400': () => json({ error_code: 'BAD_REQUEST', message: 'x' }, 400),
		refused: () => {
			throw brokenConnection('ECONNREFUSED');
		},
		reset: () => {
			throw brokenConnection('ECONNRESET');
		},
		certificate: () => {
			throw brokenConnection('CERT_HAS_EXPIRED');
		},
		silence: () => 'silence' as const,
	};
	it.each<[keyof typeof failures, boolean, boolean, boolean, boolean]>([
		//                            GET    token  plain  looked up
		['429', true, true, true, true],
		['503 of Databricks', true, true, true, false],
		['503 of a proxy', true, true, false, false],
		['502', true, true, false, false],
		['504', true, true, false, false],
		['500', false, false, false, false],
		['500 with a transient text', true, true, false, false],
		['400 lock', true, true, true, true],
		['400', false, false, false, false],
		['refused', true, true, true, true],
		['reset', true, true, false, false],
		['certificate', false, false, false, false],
		['silence', true, true, false, false],
	])('%s', async (failure, ...expected) => {
		const repeated = await Promise.all(
			[get, postWithToken, post, postLookedUp].map(async (spec) => {
				const { workspace, dispatcher } = workspaceUnderTest(
					inTurn(failures[failure], () => json({})),
				);
				await workspace.request(spec).catch((error: unknown) => {
					expect(error).toBeInstanceOf(DatabricksError);
				});
				return dispatcher.seen.length === 2;
			}),
		);
		expect(repeated).toEqual(expected);
	});

	it.each([
		['without a header', {}, [375, 750, 1_500]],
		['seconds', { 'retry-after': '3' }, [3_250, 3_250, 3_250]],
		['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:02 GMT' }, [2_250, 250, 250]],
	])('after a pause: %s', async (_what, headers, pauses) => {
		const times: number[] = [];
		const { workspace, clock } = workspaceUnderTest(() => {
			times.push(clock.now());
			return times.length > 3 ? json({}) : json(busy, 503, headers);
		});
		await workspace.request(get);
		expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual(pauses);
	});

	it.each([
		['429 for ever', () => json({ message: 'slow down' }, 429), 280_000, 300_000],
		[
			'a host that does not exist',
			() => {
				throw brokenConnection('ENOTFOUND');
			},
			10_000,
			20_000,
		],
		['a pause that would be too long', () => json(busy, 503, { 'retry-after': '3600' }), 0, 0],
	])('not for ever: %s', async (_what, answer, leastMs, mostMs) => {
		const { workspace, clock } = workspaceUnderTest(answer);
		const startedMs = clock.now();
		await errorOf(() => workspace.request(get));
		expect(clock.now() - startedMs).toBeGreaterThanOrEqual(leastMs);
		expect(clock.now() - startedMs).toBeLessThanOrEqual(mostMs);
	});

	it('not beyond the deadline of the operation', async () => {
		const { workspace, clock } = workspaceUnderTest(() => json({}, 429));
		const startedMs = clock.now();
		const error = await errorOf(() => workspace.request({ ...get, deadlineMs: startedMs + 5_000 }));
		expect(error.status).toBe(429);
		expect(clock.now() - startedMs).toBeLessThan(5_000);
	});
});

describe('time and Stop', () => {
	it('ends a silent attempt, and says for how long it waited', async () => {
		const { workspace, clock } = workspaceUnderTest(() => 'silence', { retry: noRetry });
		const startedMs = clock.now();
		const error = await errorOf(() => workspace.request({ ...get, timeoutMs: 7_000 }));
		expect({ ...pick(error), tookMs: clock.now() - startedMs }).toEqual({
			kind: 'network',
			message: 'No answer from adb-1.2.azuredatabricks.net within 7 s.',
			outcomeUnknown: true,
			tookMs: 7_000,
		});
	});

	it('ends at the deadline of the operation with kind timeout', async () => {
		const { workspace, clock } = workspaceUnderTest(() => 'silence');
		const deadlineMs = clock.now() + 3_000;
		const error = await errorOf(() => workspace.request({ ...get, deadlineMs }));
		expect([error.kind, clock.now()]).toEqual(['timeout', deadlineMs]);
	});

	it('sends nothing after the deadline', async () => {
		const { workspace, dispatcher, clock } = workspaceUnderTest(() => json({}));
		const error = await errorOf(() => workspace.request({ ...get, deadlineMs: clock.now() }));
		expect([error.kind, dispatcher.seen]).toEqual(['timeout', []]);
	});

	it.each([
		['under way', () => 'silence' as const],
		['pausing', () => json({}, 429)],
	])('stops a request that is %s', async (_what, answer) => {
		const controller = new AbortController();
		const { workspace, dispatcher } = workspaceUnderTest(
			() => {
				setImmediate(() => controller.abort());
				return answer();
			},
			{ signal: controller.signal },
		);
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, error.message, dispatcher.seen.length]).toEqual([
			'aborted',
			'The operation was cancelled.',
			1,
		]);
	});

	it('finishes a request that starts something, so that it can be cancelled', async () => {
		const controller = new AbortController();
		const { workspace } = workspaceUnderTest(
			() => {
				controller.abort();
				return json({ run_id: 1 });
			},
			{ signal: controller.signal },
		);
		const { text } = await workspace.request({ ...post, finishOnAbort: true });
		expect(text).toBe('{"run_id":1}');
		expect((await errorOf(() => workspace.request(get))).kind).toBe('aborted');
		expect((await workspace.forSignal(undefined).request(get)).status).toBe(200);
	});

	it.each([
		['a lost answer', () => brokenConnection('ECONNRESET')],
		['a bare 503', () => json('', 503)],
	])('asks once more when Stop comes after %s of a start', async (_what, first) => {
		const controller = new AbortController();
		const { workspace, dispatcher } = workspaceUnderTest(
			inTurn(
				() => {
					controller.abort();
					const answer = first();
					if (answer instanceof Error) throw answer;
					return answer;
				},
				() => json({ run_id: 1 }),
			),
			{ signal: controller.signal },
		);
		const start = { ...post, repeat: 'always', finishOnAbort: true } as const;
		const { text } = await workspace.request(start);
		expect([text, dispatcher.seen.length]).toEqual(['{"run_id":1}', 2]);
	});

	it('does not ask once more what was refused before Stop came', async () => {
		const controller = new AbortController();
		const { workspace, dispatcher } = workspaceUnderTest(
			() => {
				controller.abort();
				return json({ error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow down' }, 429);
			},
			{ signal: controller.signal },
		);
		const error = await errorOf(() =>
			workspace.request({ ...post, repeat: 'always', finishOnAbort: true }),
		);
		expect([error.kind, dispatcher.seen.length]).toEqual(['aborted', 1]);
	});

	function pick({ kind, message, outcomeUnknown }: DatabricksError) {
		return { kind, message, outcomeUnknown };
	}
});

describe('a connection that fails is said in words', () => {
	it.each([
		[
			'ENOTFOUND',
			'adb-1.2.azuredatabricks.net is not reachable: the name is not known (ENOTFOUND).',
		],
		[
			'ECONNREFUSED',
			'adb-1.2.azuredatabricks.net is not reachable: the connection was refused (ECONNREFUSED).',
		],
		[
			'DEPTH_ZERO_SELF_SIGNED_CERT',
			'No secure connection to adb-1.2.azuredatabricks.net (DEPTH_ZERO_SELF_SIGNED_CERT).',
		],
		[
			'UND_ERR_SOCKET',
			'The connection to adb-1.2.azuredatabricks.net broke before the answer was complete (UND_ERR_SOCKET).',
		],
	])('%s', async (code, message) => {
		const { workspace } = workspaceUnderTest(
			() => {
				throw brokenConnection(code);
			},
			{ retry: noRetry },
		);
		const error = await errorOf(() => workspace.request(post));
		expect([error.kind, error.message]).toEqual(['network', message]);
	});

	it.each([
		['while connecting', { code: 'ETIMEDOUT', syscall: 'connect' }, true],
		['while reading', { code: 'ETIMEDOUT', syscall: 'read' }, false],
	])('a time-out %s', async (_when, fields, unreachable) => {
		const { workspace } = workspaceUnderTest(
			() => {
				throw Object.assign(new Error('timed out'), fields);
			},
			{ retry: noRetry },
		);
		const error = await errorOf(() => workspace.request(post));
		expect([error.unreachable, error.outcomeUnknown]).toEqual([unreachable, !unreachable]);
	});

	it('finds the code in what two address families failed with', async () => {
		const { workspace } = workspaceUnderTest(
			() => {
				throw new AggregateError([brokenConnection('ECONNREFUSED'), brokenConnection('ETIMEDOUT')]);
			},
			{ retry: noRetry },
		);
		expect((await errorOf(() => workspace.request(get))).unreachable).toBe(true);
	});
});

describe('redirects', () => {
	it('are not followed, so the token goes to nobody else', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(
			() => new Response(null, { status: 307, headers: { location: 'https://evil.example.com/' } }),
		);
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, dispatcher.seen.length]).toEqual(['unexpectedAnswer', 1]);
	});
});

describe('egress rules of the host', () => {
	it('are asked before anything is sent', async () => {
		const asked: string[] = [];
		const { workspace, dispatcher } = workspaceUnderTest(() => json({}), {
			egress: {
				validateUrl: async (url) => {
					asked.push(url);
					return { ok: false, error: new Error('10.0.0.1 is restricted') };
				},
				createSecureLookup: () => () => undefined,
			},
		});
		const error = await errorOf(() => workspace.request(get));
		expect([error.kind, error.message, asked, dispatcher.seen]).toEqual([
			'blocked',
			'The egress rules of this n8n instance do not allow requests to adb-1.2.azuredatabricks.net.',
			['https://adb-1.2.azuredatabricks.net/api/2.0/thing'],
			[],
		]);
	});
});

describe('presigned links', () => {
	const url = 'https://bucket.s3.amazonaws.com/part-0?X-Amz-Signature=abcdef';

	it('are fetched without the token, with their own headers', async () => {
		const { workspace, dispatcher } = workspaceUnderTest(() => new Response('[["1"]]'));
		const { body } = await workspace.presigned({ url, headers: { 'x-amz-key': 'k' } });
		expect(await text(body)).toBe('[["1"]]');
		expect(dispatcher.seen).toEqual([
			{
				method: 'GET',
				path: '/part-0?X-Amz-Signature=abcdef',
				headers: { 'user-agent': expect.stringContaining('n8n-community'), 'x-amz-key': 'k' },
				body: '',
			},
		]);
	});

	it.each([
		[
			'refused',
			() =>
				new Response('<Error><Code>AccessDenied</Code><RequestId>1</RequestId></Error>', {
					status: 403,
				}),
			'The cloud storage answered with status 403 (AccessDenied) for a part of the result.',
		],
		[
			'not reachable',
			() => {
				throw brokenConnection('ENOTFOUND');
			},
			'The cloud storage is not reachable: the name is not known (ENOTFOUND).',
		],
	])('that are %s are not shown', async (_what, answer, message) => {
		const { workspace } = workspaceUnderTest(answer);
		const error = await errorOf(() => workspace.presigned({ url }));
		expect(error.message).toBe(message);
		expect(JSON.stringify([error, error.stack, String(error.cause)])).not.toMatch(/bucket|abcdef/);
	});
});

describe('no error shows what must stay secret', () => {
	it.each([
		['an echo of the token', () => json({ message: `token ${testToken} is bad` }, 400)],
		[
			'an echo of the token in the details',
			() =>
				json({ message: 'bad', details: [{ metadata: { header: `Bearer ${testToken}` } }] }, 400),
		],
		['an echo of the body', () => new Response(`unexpected: Bearer ${testToken}`, { status: 500 })],
		[
			'a broken connection',
			() => {
				throw new Error(`while sending Bearer ${testToken} my-row-data`);
			},
		],
	])('%s', async (_what, answer) => {
		const { workspace } = workspaceUnderTest(answer, { retry: noRetry });
		const error = await errorOf(() =>
			workspace.request({ ...post, json: { rows: ['my-row-data'] } }),
		);
		const shown = JSON.stringify({ ...error, message: error.message, cause: String(error.cause) });
		expect(shown).not.toMatch(new RegExp(`${testToken}|my-row-data`));
		expect(error.message.length).toBeGreaterThan(2);
	});
});
