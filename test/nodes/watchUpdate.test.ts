import { watchUpdate } from '../../nodes/PipelineUpdate/watchUpdate';
import { json, workspaceUnderTest } from '../databricks/workspaceUnderTest';

test('each state of an update is told once', async () => {
	const states = ['QUEUED', 'QUEUED', 'WAITING_FOR_RESOURCES', 'RUNNING', 'RUNNING', 'COMPLETED'];
	let reads = 0;
	const { workspace, clock } = workspaceUnderTest((request) => {
		if (request.url.includes('/events')) return json({ events: [] });
		return json({ update: { update_id: 'u1', state: states[reads++] } });
	});
	const lines: string[] = [];
	const watched = await watchUpdate(workspace, { pipeline_id: 'p1', name: 'scout_etl' }, 'u1', {
		deadlineMs: clock.now() + 3_600_000,
		stopWhenGivenUp: true,
		tell: (line) => lines.push(line),
	});
	expect(lines).toEqual(
		['QUEUED', 'WAITING_FOR_RESOURCES', 'RUNNING', 'COMPLETED'].map(
			(state) => `scout_etl: update u1 is ${state}`,
		),
	);
	expect(watched.items).toMatchObject([{ update_id: 'u1', state: 'COMPLETED' }]);
});
