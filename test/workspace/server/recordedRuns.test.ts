import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ManualClock } from '../../../workspace/clock';
import { parseJson } from '../../../workspace/ids';
import { createServer } from '../../../workspace/server';
import { task } from './runCalls';
import { at, callerOf } from './workspaceUnderTest';

/**
 * Requests of jobs and runs with the answers of the test server of the Databricks CLI 1.13, which was
 * written to imitate the service. Each is sent here, too; whatever the recorded answer has and this
 * workspace answers otherwise is listed below with its reason. What it has beyond that is not compared.
 */
const exchange = z.object({
	case: z.string(),
	method: z.string(),
	path: z.string(),
	query: z.string().default(''),
	requestBody: z.unknown(),
	status: z.number(),
	responseBody: z.unknown(),
});
const recorded = readFileSync(resolve(__dirname, '../../recordings/cli/jobs.jsonl'), 'utf8')
	.trim()
	.split('\n')
	.map((line) => exchange.parse(parseJson(line)));

const asSent =
	'settings are given back as they were sent; the service adds defaults, of which the test server knows some';
const atOnce = 'the test server has run all tasks by run-now; here they take their time';
const codeOfMissing =
	'the service says 400 for what is missing, and the CLI takes both; the test server says 404';
const json = 'an error is JSON here, as the service writes it; the test server wrote plain text';
const noPython = 'there is no Python here: the task fails with a text of its own';

/** Where this workspace answers otherwise, by case and path in the answer. */
const differences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	'jobs: get adds server defaults (run_if, timeout_seconds, email_notifications, source)': {
		'settings.email_notifications': asSent,
		'settings.tasks.0.email_notifications': asSent,
		'settings.tasks.0.notebook_task.source': asSent,
		'settings.tasks.0.run_if': asSent,
		'settings.tasks.0.timeout_seconds': asSent,
		'settings.tasks.1.email_notifications': asSent,
		'settings.tasks.1.run_if': asSent,
		'settings.tasks.1.timeout_seconds': asSent,
		'settings.timeout_seconds': asSent,
		'settings.webhook_notifications': asSent,
	},
	'jobs: runs/get first poll RUNNING, task states already final': {
		'tasks.0.state': atOnce,
		'tasks.1.state': atOnce,
	},
	'jobs: get-output of the job run (the test server is lenient; the real API answers 400)': {
		status: 'the service refuses it: recorded by three clients',
	},
	'jobs: after cancel TERMINATED CANCELED': {
		'tasks.0.state': atOnce,
		'tasks.1.state': atOnce,
	},
	'jobs: cancel of an unknown run': { status: codeOfMissing },
	'jobs: runs/get of an unknown run (empty body)': { status: codeOfMissing },
	'jobs: runs/get of a run id that is no number': { '': json },
	'jobs: get of an unknown job': { status: codeOfMissing },
	'jobs: run-now of an unknown job': { status: codeOfMissing },
	'jobs: reset of an unknown job': { status: codeOfMissing },
	'jobs: delete of an unknown job': { status: codeOfMissing },
	'jobs: broken JSON body': { '': json },
	'jobs: runs/list': {
		runs: 'the test server ignores the filter and the order: newest first, and of this job only',
	},
	'jobs: list': {
		'jobs.0.settings': 'tasks come with expand_tasks only: documented; the rest as they were sent',
	},
	'jobs: failing run, first poll': { 'tasks.0.state': atOnce, 'tasks.1.state': atOnce },
	'jobs: failing run: INTERNAL_ERROR + FAILED on the run, TERMINATED + FAILED on the task': {
		'tasks.1.state': 'the test server ignores depends_on; the task is not run after a failure',
	},
	'jobs: get-output of the failing task: error and error_trace': {
		error: noPython,
		error_trace: noPython,
	},
	'jobs: get pages tasks by 100, first page': {
		next_page_token: 'a token has no meaning outside of the server that gave it',
	},
};

/** What notebooks would do is done by conditions: the runs succeed as the recorded ones did. */
const runnable = { name: 'sem', tasks: [task('a'), task('b', ['a'])] };

const clock = new ManualClock(1_795_253_424_000);
const opened = open();
afterAll(async () => await (await opened).server.close());

async function open() {
	const server = createServer({ clock, pace: { taskStartMs: 1_000 } });
	const workspace = await server.addWorkspace({ userName: 'tester@databricks.com' });
	return { server, workspace, call: callerOf(server.fetch, workspace) };
}

/** Recorded ids, and the ids here that take their places. */
const ids = new Map<string, string>();

const translated = (text: string) =>
	text
		.replace(/\d{19}/g, (id) => ids.get(id) ?? id)
		.replace('page_token=100', 'page_token=from100');

/** What happens between two requests. */
const before: Readonly<Record<string, () => Promise<void>>> = {
	'jobs: run-now with idempotency token, first': async () => {
		const parameters = [{ name: 'period', default: '2026-10' }];
		const { call } = await opened;
		const job_id = BigInt(ids.values().next().value ?? '0');
		await call('POST', '/api/2.2/jobs/reset', {
			job_id,
			new_settings: { ...runnable, parameters },
		});
	},
	'jobs: runs/get second poll TERMINATED SUCCESS': async () => await clock.advance(5_000),
	'jobs: after cancel TERMINATED CANCELED': async () => await clock.advance(5_000),
	'jobs: failing run: INTERNAL_ERROR + FAILED on the run, TERMINATED + FAILED on the task':
		async () => await clock.advance(5_000),
};

function bodyOf({ requestBody }: z.output<typeof exchange>): unknown {
	if (requestBody === '<150 tasks>') {
		return { name: 'wide', tasks: Array.from({ length: 150 }, (_, index) => task(`t${index}`)) };
	}
	if (typeof requestBody === 'string' || requestBody === undefined) return requestBody;
	return parseJson(translated(JSON.stringify(requestBody, plainIds)));
}

const plainIds = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** The paths at which an answer lacks or changes what was recorded. */
function differing(was: unknown, is: unknown, path = ''): string[] {
	if (isObject(was)) {
		if (!isObject(is)) return [path];
		return Object.entries(was).flatMap(([key, value]) =>
			differing(value, at(is, key), path === '' ? key : `${path}.${key}`),
		);
	}
	return isSame(was, is, path) ? [] : [path];
}

function isSame(was: unknown, is: unknown, path: string): boolean {
	if (typeof was === 'string' && /^\d{19}$/.test(was)) {
		if (!ids.has(was)) ids.set(was, String(is));
		return typeof is === 'bigint' && ids.get(was) === String(is);
	}
	if (/^<\d+ tasks>$/.test(String(was))) {
		return Array.isArray(is) && `<${is.length} tasks>` === was;
	}
	if (path.endsWith('created_time')) return typeof is === 'number';
	if (typeof was === 'string' && path.endsWith('run_page_url')) {
		const plain = (url: unknown) => String(url).replace(/^.*#/, '');
		return translated(plain(was)) === plain(is);
	}
	return typeof was === 'string' ? translated(was) === is : was === is;
}

test.each(recorded.map((each) => [each.case, each] as const))('%s', async (name, each) => {
	const { call } = await opened;
	await before[name]?.();
	const path = translated(each.query === '' ? each.path : `${each.path}?${each.query}`);
	const answer = await call(each.method, path, bodyOf(each));
	await clock.advance(0);
	const found = [
		...(answer.status === each.status ? [] : ['status']),
		...(each.responseBody === '' ? [] : differing(each.responseBody, answer.body)),
	];
	const listed = Object.keys(differences[name] ?? {});
	const places = found.map(
		(place) => listed.find((each) => place === each || place.startsWith(`${each}.`)) ?? place,
	);
	expect([...new Set(places)]).toEqual(listed);
});
