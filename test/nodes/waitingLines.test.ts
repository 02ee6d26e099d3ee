import { tellWhileWaiting } from '../../nodes/ModelPredict/waitingLines';
import { json, workspaceUnderTest } from '../databricks/workspaceUnderTest';

const endpoint = (message: string, config_update = 'NOT_UPDATING') => ({
	name: 'm',
	state: { ready: 'READY', config_update },
	config: {
		served_entities: [
			{
				name: 'champion',
				state: { deployment: 'DEPLOYMENT_READY', deployment_state_message: message },
			},
		],
	},
});

/** The lines that the editor gets while an answer takes `ms`. */
async function linesOf(ms: number, said: (looks: number) => object, mode: 'manual' | 'trigger') {
	let looks = 0;
	const { workspace, clock } = workspaceUnderTest(() => json(said(++looks)));
	const lines: unknown[] = [];
	const context = {
		getMode: () => mode,
		sendMessageToUI: (line: unknown) => lines.push(line),
	};
	await tellWhileWaiting(context, workspace, 'm')?.(clock.sleep(ms));
	return { lines, looks };
}

test('an answer that comes at once is not spoken of', async () => {
	expect(await linesOf(900, () => endpoint(''), 'manual')).toEqual({ lines: [], looks: 0 });
});

test('while an endpoint starts, the editor hears what it says of itself, each thing once', async () => {
	const said = (looks: number) =>
		looks < 3 ? endpoint('Scaled to zero') : endpoint('', looks < 5 ? 'IN_PROGRESS' : undefined);
	expect(await linesOf(25_000, said, 'manual')).toEqual({
		looks: 5,
		lines: [
			'm is READY: champion Scaled to zero (1 s)',
			'm is READY, is being updated: champion DEPLOYMENT_READY (11 s)',
			'm is READY: champion DEPLOYMENT_READY (21 s)',
			'm answered after 25 s',
		],
	});
});

test('outside of the editor nobody is told and nothing is asked', async () => {
	expect(await linesOf(25_000, () => endpoint(''), 'trigger')).toEqual({ lines: [], looks: 0 });
});
