import { ManualClock } from '../../../workspace/clock';
import { at, workspaceUnderTest } from './workspaceUnderTest';

const root = '/api/2.0/sql/warehouses';

test('a warehouse starts, runs, idles and stops by the clock', async () => {
	const clock = new ManualClock();
	const { call, server, workspace } = await workspaceUnderTest({
		clock,
		pace: { warehouseStartMs: 30_000 },
	});
	const path = `${root}/${workspace.warehouseId}`;
	const state = async () => at((await call('GET', path)).body, 'state');
	const seen = [await state()];
	await call('POST', `${path}/start`);
	seen.push(await state());
	await clock.advance(30_000);
	seen.push(await state());
	await clock.advance(10 * 60_000);
	seen.push(await state());
	await call('POST', `${path}/start`);
	await call('POST', `${path}/stop`);
	seen.push(await state());
	expect(seen).toEqual(['STOPPED', 'STARTING', 'RUNNING', 'STOPPED', 'STOPPED']);
	await server.close();
});

test('what a warehouse would have cost is counted: starts, statements, seconds, DBUs', async () => {
	const clock = new ManualClock();
	const { call, server, workspace } = await workspaceUnderTest({
		clock,
		pace: { warehouseStartMs: 30_000 },
	});
	const path = `${root}/${workspace.warehouseId}`;
	const counted = async () => {
		const { body } = await call('GET', '/local/usage');
		const of = (key: string) => at(body, 'warehouses', 0, key);
		return {
			requests: at(body, 'requests'),
			used: ['starts', 'statements', 'running_seconds', 'dbus'].map(of),
		};
	};
	expect(await counted()).toEqual({ requests: 0, used: [0, 0, 0, 0] });
	await call('POST', `${path}/start`);
	await clock.advance(60_000);
	expect(await counted()).toEqual({ requests: 1, used: [1, 0, 30, 0.1] });
	// A statement in the fifth minute keeps it for ten more, whoever looks when.
	await clock.advance(4 * 60_000);
	const statement = { warehouse_id: workspace.warehouseId, statement: 'SELECT 1' };
	await call('POST', '/api/2.0/sql/statements', statement);
	await clock.advance(60 * 60_000);
	expect(await counted()).toEqual({ requests: 2, used: [1, 1, 870, 2.9] });
	await call('POST', `${path}/start`);
	await clock.advance(90_000);
	await call('DELETE', '/local/usage');
	await clock.advance(60_000);
	await call('POST', `${path}/stop`);
	await clock.advance(60_000);
	expect(await counted()).toEqual({ requests: 1, used: [0, 0, 60, 0.2] });
	await server.close();
});

test('settings come back as they were sent, after create and after edit', async () => {
	const { call, server } = await workspaceUnderTest();
	const settings = {
		name: '[dev tester] finance-dev',
		cluster_size: 'Small',
		auto_stop_mins: 10,
		enable_photon: true,
		enable_serverless_compute: true,
		max_num_clusters: 1,
		spot_instance_policy: 'COST_OPTIMIZED',
		tags: { custom_tags: [{ key: 'dev', value: 'tester' }] },
		warehouse_type: 'PRO',
	};
	const created = await call('POST', root, settings);
	const path = `${root}/${String(at(created.body, 'id'))}`;
	expect((await call('GET', path)).body).toMatchObject({ ...settings, state: 'RUNNING' });
	await call('POST', `${path}/edit`, { ...settings, auto_stop_mins: 20 });
	expect((await call('GET', path)).body).toMatchObject({ ...settings, auto_stop_mins: 20 });
	const list = at((await call('GET', root)).body, 'warehouses');
	const names = Array.isArray(list) ? list.map((each) => at(each, 'name')) : [];
	expect(names).toEqual(['Serverless Starter Warehouse', '[dev tester] finance-dev']);
	await call('DELETE', path);
	expect(await call('GET', path)).toMatchObject({
		status: 404,
		body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
	});
	await server.close();
});

test('sessions of warehouses begin in the time zone that is set for the workspace', async () => {
	const path = '/api/2.0/sql/config/warehouses';
	const { call, server, workspace } = await workspaceUnderTest({});
	const run = async (statement: string, more = {}) => {
		const { body } = await call('POST', '/api/2.0/sql/statements', {
			warehouse_id: workspace.warehouseId,
			statement,
			wait_timeout: '50s',
			...more,
		});
		return body;
	};
	const moment = "TIMESTAMP'2024-06-15 12:00:00Z'";
	const told = async () =>
		at(await run(`SELECT current_timezone(), ${moment}`), 'result', 'data_array', 0);
	const settings = (...configuration_pairs: { key: string; value: string }[]) => ({
		sql_configuration_parameters: { configuration_pairs },
	});
	const belgrade = settings({ key: 'TIMEZONE', value: 'Europe/Belgrade' });
	expect([(await call('GET', path)).body, await told()]).toEqual([
		{},
		['UTC', '2024-06-15T12:00:00.000Z'],
	]);
	await call('PUT', path, belgrade);
	expect([(await call('GET', path)).body, await told()]).toEqual([
		belgrade,
		['Europe/Belgrade', '2024-06-15T14:00:00.000+02:00'],
	]);
	const asArrow = { format: 'ARROW_STREAM', disposition: 'EXTERNAL_LINKS' };
	expect(await run(`SELECT ${moment}`, asArrow)).toMatchObject({
		status: { state: 'FAILED', sql_state: '0A000' },
	});
	const refused = [
		settings({ key: 'TIMEZONE', value: 'Europe/Nowhere' }),
		settings({ key: 'ANSI_MODE', value: 'false' }),
		{ security_policy: 'NONE' },
	].map(async (body) => (await call('PUT', path, body)).status);
	expect(await Promise.all(refused)).toEqual([400, 501, 400]);
	await server.close();
});
