import { Workbench } from './workbench';

let bench: Workbench;
beforeAll(async () => {
	bench = await Workbench.open();
});
afterAll(() => bench.close());

const sql = (statement: string, more: Record<string, unknown> = {}) => ({
	type: 'databricksSqlStatement',
	parameters: {
		authentication: 'accessToken',
		warehouse: { __rl: true, mode: 'id', value: bench.workspace.warehouseId },
		statement,
		...more,
	},
});

test('select 1', async () => {
	expect(await bench.items(sql('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});
