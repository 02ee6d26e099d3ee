import { clientCredentials } from '../../../nodes/databricks/auth/clientCredentials';
import { TokenCache } from '../../../nodes/databricks/auth/tokenCache';
import { RunFollower } from '../../../nodes/databricks/jobs/jobRunFollowing';
import { resultOf } from '../../../nodes/databricks/jobs/jobRunState';
import type { WorkspaceOptions } from '../../../nodes/databricks/workspace';
import type { Handler } from '../inProcessDispatcher';
import { brokenConnection, errorOf, json, workspaceUnderTest } from '../workspaceUnderTest';
import { RunsUnderTest } from './runsUnderTest';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const list = { jobId: '9' };

/** What a fault says to a request at a time since the start; nothing when it lets it pass. */
type Fault = (at: {
	ms: number;
	request: Request;
	count: number;
}) => ReturnType<Handler> | undefined;

function following(fault: Fault = () => undefined, options: Partial<WorkspaceOptions> = {}) {
	let count = 0;
	const handler: Handler = (request) => {
		const ms = clock.now() - startMs;
		return fault({ ms, request, count: count++ }) ?? runs.answer(request);
	};
	const { workspace, dispatcher, clock } = workspaceUnderTest(handler, options);
	const runs = new RunsUnderTest(() => clock);
	const startMs = clock.now();
	const follower = new RunFollower(workspace);
	const follow = async (runId: string, minutes = 24 * 60) =>
		await follower.follow({ runId, list, deadlineMs: startMs + minutes * minuteMs });
	const minutesNow = () => Math.round((clock.now() - startMs) / minuteMs);
	return { workspace, dispatcher, clock, runs, follower, follow, minutesNow, startMs };
}

const minutes = (count: number, each: (index: number) => number) =>
	Array.from({ length: count }, (_, index) => each(index));

describe('requests', () => {
	/** How many requests it takes to see the ends of so many runs of ten minutes. */
	async function requestsFor(count: number, each: (index: number) => number): Promise<number> {
		const { runs, follow, dispatcher } = following();
		const ids = runs.start(minutes(count, each));
		const ended = await Promise.all(ids.map(async (id) => await follow(id)));
		expect(ended.map((run) => [run.run_id, resultOf(run)])).toEqual(
			ids.map((id) => [id, 'SUCCESS']),
		);
		return dispatcher.seen.length;
	}

	it.each([10, 100, 1_000])('grow with time and not with the number: %d runs', async (count) => {
		const one = await requestsFor(1, () => 10);
		const many = await requestsFor(count, () => 10);
		// The end of all costs each page once.
		expect(many).toBeLessThanOrEqual(one + Math.ceil(count / 24) + 2);
	});

	it('are few when runs end one after the other', async () => {
		const one = await requestsFor(1, () => 100);
		expect(await requestsFor(100, (index) => index + 1)).toBeLessThanOrEqual(3 * one);
	});
});

it('runs of other jobs, and runs that nobody can list, are looked at alone', async () => {
	const forbidden: Fault = ({ request }) =>
		request.url.includes('/runs/list')
			? json({ error_code: 'PERMISSION_DENIED', message: 'no list for you' }, 403)
			: undefined;
	const { runs, follow, follower, startMs } = following(forbidden);
	const ids = runs.start([1, 2, 3]);
	const [other = ''] = runs.start([2], 10);
	const alone = follower.follow({ runId: other, deadlineMs: startMs + hourMs });
	const ended = await Promise.all([...ids.map(async (id) => await follow(id)), alone]);
	expect(ended.map(resultOf)).toEqual(Array(4).fill('SUCCESS'));
});

it('a run that was deleted ends its own wait only', async () => {
	const { runs, follow, clock } = following();
	const [gone = '', stays = ''] = runs.start([20, 20]);
	const waits = [errorOf(async () => await follow(gone)), follow(stays)] as const;
	await clock.sleep(5 * minuteMs);
	runs.delete(gone);
	const [error, ended] = await Promise.all(waits);
	expect([error.message, resultOf(ended)]).toEqual(['Run 1 does not exist.', 'SUCCESS']);
});

/** Ways in which a workspace is away. */
const outages: [string, () => ReturnType<Handler>][] = [
	[
		'a network that is down',
		() => {
			throw brokenConnection('ECONNREFUSED');
		},
	],
	[
		'a name that is not resolved',
		() => {
			throw brokenConnection('ENOTFOUND');
		},
	],
	['503 without end', () => json({ message: 'down for maintenance' }, 503)],
	['500 without end', () => json({ error_code: 'INTERNAL_ERROR', message: 'oops' }, 500)],
	['a gateway without end', () => new Response('<html>Bad Gateway</html>', { status: 502 })],
	['429 without end', () => json({ error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow' }, 429)],
];

describe('an outage of an hour', () => {
	const duringHour =
		(answer: () => ReturnType<Handler>): Fault =>
		({ ms }) =>
			ms > 10 * minuteMs && ms < 70 * minuteMs ? answer() : undefined;

	it.each(outages)('does not end a wait: %s', async (_what, answer) => {
		const { runs, follow, minutesNow } = following(duringHour(answer));
		const ids = runs.start([5, 30, 90]);
		const ended = await Promise.all(ids.map(async (id) => await follow(id, 120)));
		expect(ended.map(resultOf)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
		expect(minutesNow()).toBe(90);
	});

	it.each(outages)('ends at the timeout of each wait: %s', async (_what, answer) => {
		const { runs, follow, minutesNow } = following(duringHour(answer));
		const [long = '', short = ''] = runs.start([90, 90]);
		const wait = async (id: string, limit: number) => {
			const error = await errorOf(async () => await follow(id, limit));
			return [error.kind, error.message, minutesNow()];
		};
		expect(await Promise.all([wait(long, 50), wait(short, 30)])).toEqual([
			[
				'timeout',
				expect.stringMatching(
					/^Run 1 was still RUNNING after 50 minutes; Databricks could not be reached for the last (39|40) minutes\.$/,
				),
				50,
			],
			[
				'timeout',
				expect.stringMatching(
					/^Run 2 was still RUNNING after 30 minutes; Databricks could not be reached for the last (19|20) minutes\.$/,
				),
				30,
			],
		]);
	});
});

it('a flaky network does not end a wait', async () => {
	const broken: (() => ReturnType<Handler> | undefined)[] = [
		() => undefined,
		() => {
			throw brokenConnection('ECONNRESET');
		},
		() =>
			new Response('{"runs": [{"run_id": 1,', { headers: { 'content-type': 'application/json' } }),
		() => json({ message: 'upstream' }, 504),
		() => undefined,
		() =>
			json({ error_code: 'TEMPORARILY_UNAVAILABLE', message: 'again' }, 503, {
				'retry-after': '7',
			}),
		() => 'silence',
	];
	const { runs, follow, minutesNow } = following(({ count }) => broken[count % broken.length]?.());
	const ids = runs.start([10, 60]);
	const ended = await Promise.all(ids.map(async (id) => await follow(id, 120)));
	expect(ended.map(resultOf)).toEqual(['SUCCESS', 'SUCCESS']);
	expect(minutesNow()).toBeLessThanOrEqual(63);
});

describe('a token', () => {
	const credentials = {
		host: 'https://adb-1.2.azuredatabricks.net',
		clientId: 'id',
		clientSecret: 'secret',
	};

	/** A workspace that gives tokens for an hour, and none while `isDown`. */
	function withTokens(
		isRefused: (token: string, ms: number) => boolean,
		isDown = (_ms: number) => false,
	) {
		const given: string[] = [];
		const fault: Fault = ({ ms, request }) => {
			if (isDown(ms)) throw brokenConnection('ECONNREFUSED');
			if (request.url.endsWith('/oidc/v1/token')) {
				given.push(`${given.length + 1} at ${Math.round(ms / minuteMs)}`);
				return json({ access_token: `t${given.length}.${ms}`, expires_in: 3_600 });
			}
			const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? '';
			const isOld = ms - Number(token.split('.')[1]) > hourMs;
			if (isOld || isRefused(token, ms)) {
				return json({ error_code: 'UNAUTHENTICATED', message: 'Token is expired' }, 401);
			}
			return undefined;
		};
		const tokens = clientCredentials(credentials, new TokenCache());
		return { ...following(fault, { tokens }), given };
	}

	it('that expires while a run goes on is renewed before', async () => {
		const { runs, follow, given, dispatcher } = withTokens(() => false);
		const ids = runs.start([200, 200]);
		const ended = await Promise.all(ids.map(async (id) => await follow(id)));
		expect(ended.map(resultOf)).toEqual(['SUCCESS', 'SUCCESS']);
		expect(given.length).toBe(4);
		expect(dispatcher.seen.length).toBeGreaterThan(700);
	});

	it('that is withdrawn while a run goes on is replaced', async () => {
		const { runs, follow, given } = withTokens(
			(token, ms) => token.startsWith('t1.') && ms > hourMs / 6,
		);
		const [id = ''] = runs.start([30]);
		expect(resultOf(await follow(id))).toBe('SUCCESS');
		expect(given).toEqual(['1 at 0', '2 at 10']);
	});

	it('that expires during an outage is renewed after it', async () => {
		const { runs, follow } = withTokens(
			() => false,
			(ms) => ms > 30 * minuteMs && ms < 100 * minuteMs,
		);
		const [id = ''] = runs.start([120]);
		expect(resultOf(await follow(id))).toBe('SUCCESS');
	});
});

it('Stop ends all waits at once, and nothing more is sent', async () => {
	const stop = new AbortController();
	const { runs, follow, clock, dispatcher } = following(undefined, { signal: stop.signal });
	const ids = runs.start([60, 60, 60]);
	const waits = ids.map(async (id) => await errorOf(async () => await follow(id)));
	await clock.sleep(5 * minuteMs);
	const sent = dispatcher.seen.length;
	stop.abort();
	expect((await Promise.all(waits)).map(({ kind }) => kind)).toEqual(Array(3).fill('aborted'));
	await clock.sleep(5 * minuteMs);
	expect(dispatcher.seen.length).toBe(sent);
});

it('runs that end as fast as they are started are looked at together', async () => {
	const { runs, follow, dispatcher, clock, startMs } = following();
	const waits: Promise<unknown>[] = [];
	for (let count = 0; count < 40; count++) {
		const [id = ''] = runs.start([0]);
		waits.push(follow(id));
		await clock.sleep(50);
	}
	await Promise.all(waits);
	expect(dispatcher.seen.length).toBeLessThanOrEqual(6);
	expect(clock.now() - startMs).toBeLessThan(5_000);
});
