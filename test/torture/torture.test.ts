import { torture } from '../../tooling/torture/torture';

/** The same at full size: `npm run torture`. */
test('with acknowledgement, kills and failures lose nothing: what was processed rebuilds the table', async () => {
	const result = await torture({
		commits: 120,
		kills: 10,
		delivery: 'acknowledgement',
		seed: 1,
	});
	expect(result).toMatchObject({ commits: 120, kills: 10, missingRows: 0, extraRows: 0 });
	expect(result.events).toBeGreaterThan(100);
}, 240_000);
