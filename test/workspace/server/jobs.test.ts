import { at, workspaceUnderTest } from './workspaceUnderTest';

const create = '/api/2.2/jobs/create';
const condition = { op: 'EQUAL_TO', left: '1', right: '1' };
const task = (key: string, ...dependsOn: string[]) => ({
	task_key: key,
	condition_task: condition,
	...(dependsOn.length === 0 ? {} : { depends_on: dependsOn.map((on) => ({ task_key: on })) }),
});

describe('jobs', () => {
	const opened = workspaceUnderTest();
	afterAll(async () => (await opened).server.close());

	test('settings come back as they were sent, ids exact', async () => {
		const { call } = await opened;
		const settings = {
			name: '[dev tester] bir_month_end',
			description: 'month-end close',
			deployment: { kind: 'BUNDLE', metadata_file_path: '/Workspace/x/metadata.json' },
			edit_mode: 'UI_LOCKED',
			format: 'MULTI_TASK',
			max_concurrent_runs: 1,
			queue: { enabled: true },
			tags: { dev: 'tester' },
			email_notifications: { on_failure: ['finance@example.com'] },
			environments: [{ environment_key: 'default', spec: { environment_version: '4' } }],
			parameters: [{ name: 'period', default: '2026-10' }],
			timeout_seconds: 7200,
			performance_target: 'STANDARD',
			tasks: [
				{
					task_key: 'train',
					environment_key: 'default',
					max_retries: 1,
					min_retry_interval_millis: 1000,
					spark_python_task: { python_file: '/Workspace/x/train.py', parameters: ['--catalog'] },
				},
				{
					task_key: 'other',
					depends_on: [{ task_key: 'train', outcome: 'true' }],
					run_job_task: { job_id: 8795252256436773772n },
				},
			],
		};
		const created = await call('POST', create, settings);
		const jobId = at(created.body, 'job_id');
		expect(created).toMatchObject({ status: 200, body: { job_id: expect.any(BigInt) } });
		expect((await call('GET', `/api/2.2/jobs/get?job_id=${String(jobId)}`)).body).toEqual({
			job_id: jobId,
			creator_user_name: 'ana@example.com',
			run_as_user_name: 'ana@example.com',
			created_time: expect.any(Number),
			settings,
		});
	});

	test.each([
		[
			'unknown environment_key',
			{ tasks: [{ ...task('a'), environment_key: 'e' }] },
			'environment_key e',
		],
		[
			'unknown job cluster',
			{ tasks: [{ ...task('a'), job_cluster_key: 'c' }] },
			'job_cluster_key c',
		],
		[
			'dependency on nothing',
			{ tasks: [task('a', 'b')] },
			'depends on task b, which does not exist',
		],
		['a cycle', { tasks: [task('a', 'b'), task('b', 'a')] }, 'in a cycle at a'],
		['a task on itself', { tasks: [task('a', 'a')] }, 'in a cycle at a'],
		[
			'two task types',
			{ tasks: [{ ...task('a'), notebook_task: { notebook_path: '/x' } }] },
			'it has condition_task and notebook_task',
		],
		['no task type', { tasks: [{ task_key: 'a' }] }, 'it has none'],
		['no task key', { tasks: [{ condition_task: condition }] }, 'tasks.0.task_key'],
		['one key twice', { tasks: [task('a'), task('a')] }, 'Task key a is not unique'],
		['a key with a space', { tasks: [task('a b')] }, 'tasks.0.task_key'],
		['an unknown run_if', { tasks: [{ ...task('a'), run_if: 'NEVER' }] }, 'tasks.0.run_if'],
	])('%s is refused', async (_name, settings, text) => {
		const { call } = await opened;
		const { status, body } = await call('POST', create, { name: 'x', ...settings });
		expect([status, at(body, 'error_code')]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
		expect(at(body, 'message')).toContain(text);
	});

	test('update merges tasks by key and takes fields away; reset replaces all', async () => {
		const { call } = await opened;
		const created = await call('POST', create, {
			name: 'changing',
			description: 'old',
			tasks: [task('a'), task('b', 'a')],
		});
		const jobId = at(created.body, 'job_id');
		const settings = async () =>
			at((await call('GET', `/api/2.1/jobs/get?job_id=${String(jobId)}`)).body, 'settings');
		const changed = { ...task('b'), description: 'alone' };
		await call('POST', '/api/2.2/jobs/update', {
			job_id: jobId,
			new_settings: { tasks: [changed, task('c')], timeout_seconds: 5 },
			fields_to_remove: ['description', 'tasks/a'],
		});
		expect(await settings()).toEqual({
			name: 'changing',
			timeout_seconds: 5,
			tasks: [changed, task('c')],
		});
		await call('POST', '/api/2.2/jobs/reset', { job_id: jobId, new_settings: { name: 'new' } });
		expect(await settings()).toEqual({ name: 'new' });
		await call('POST', '/api/2.2/jobs/delete', { job_id: jobId });
		expect(await call('GET', `/api/2.2/jobs/get?job_id=${String(jobId)}`)).toMatchObject({
			status: 400,
			body: {
				error_code: 'INVALID_PARAMETER_VALUE',
				message: `Job ${String(jobId)} does not exist.`,
			},
		});
	});

	test('a job with more than 100 tasks comes in pages', async () => {
		const { call } = await opened;
		const tasks = Array.from({ length: 230 }, (_, index) => task(`t${index}`));
		const created = await call('POST', create, { name: 'wide', tasks });
		const jobId = String(at(created.body, 'job_id'));
		const sizes = [];
		for (let token = ''; ; ) {
			const page = (await call('GET', `/api/2.2/jobs/get?job_id=${jobId}&page_token=${token}`))
				.body;
			const list = at(page, 'settings', 'tasks');
			sizes.push([
				Array.isArray(list) ? list.length : 0,
				at(list, 0, 'task_key'),
				at(page, 'has_more'),
			]);
			const next = at(page, 'next_page_token');
			if (typeof next !== 'string') break;
			token = next;
		}
		expect(sizes).toEqual([
			[100, 't0', true],
			[100, 't100', true],
			[30, 't200', undefined],
		]);
	});
});

test('jobs are listed newest first, by exact name, in pages, without tasks unless asked', async () => {
	const { call, server } = await workspaceUnderTest();
	expect((await call('GET', '/api/2.2/jobs/list')).body).toEqual({ has_more: false });
	for (const name of ['one', 'two', 'TWO', 'three']) {
		await call('POST', create, { name, tasks: [task('a')] });
	}
	const names = (body: unknown) => {
		const jobs = at(body, 'jobs');
		return Array.isArray(jobs) ? jobs.map((job) => at(job, 'settings', 'name')) : [];
	};
	const first = await call('GET', '/api/2.2/jobs/list?limit=3');
	expect(names(first.body)).toEqual(['three', 'TWO', 'two']);
	expect(at(first.body, 'jobs', 0, 'settings')).toEqual({ name: 'three' });
	const token = String(at(first.body, 'next_page_token'));
	expect(names((await call('GET', `/api/2.2/jobs/list?limit=3&page_token=${token}`)).body)).toEqual(
		['one'],
	);
	const two = await call('GET', '/api/2.2/jobs/list?name=two&expand_tasks=true');
	expect(names(two.body)).toEqual(['TWO', 'two']);
	expect(at(two.body, 'jobs', 0, 'settings', 'tasks')).toEqual([task('a')]);
	expect((await call('GET', '/api/2.2/jobs/list?limit=101')).status).toBe(400);
	await server.close();
});
