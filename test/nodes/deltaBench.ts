import type { IDataObject, INodeExecutionData, WorkflowActivateMode } from 'n8n-workflow';
import { ManualClock } from '../../workspace/clock';
import { type NodeUnderTest, Workbench } from './workbench';

/** A workspace whose time stands still, with a schema `gold.bir`, for tests of the Delta nodes. */
export class DeltaBench {
	private made = 0;

	private constructor(
		readonly bench: Workbench,
		readonly clock: ManualClock,
	) {}

	static async open(): Promise<DeltaBench> {
		const clock = new ManualClock();
		const bench = await Workbench.open({ clock });
		const delta = new DeltaBench(bench, clock);
		await delta.sql('CREATE CATALOG gold; CREATE SCHEMA gold.bir');
		return delta;
	}

	async close(): Promise<void> {
		await this.bench.close();
	}

	async sql(text: string): Promise<void> {
		await this.bench.workspace.lakehouse.runScript(text, { user: 'test' });
	}

	/** Rows of a query as texts. */
	async rows(text: string): Promise<(string | null)[][]> {
		return (await this.bench.workspace.lakehouse.run(text, { user: 'test' })).rows;
	}

	/** A name that no table has yet. */
	freshName(): string {
		return `gold.bir.changes_${++this.made}`;
	}

	/** A table with a change feed. */
	async freshTable(
		columns = 'id INT, amount DECIMAL(18,2)',
		properties = 'delta.enableChangeDataFeed = true',
	): Promise<string> {
		const table = this.freshName();
		await this.sql(`CREATE TABLE ${table} (${columns}) TBLPROPERTIES (${properties})`);
		return table;
	}

	trigger(table: string, more: Record<string, unknown> = {}): NodeUnderTest {
		const byName = (value: string) => ({ __rl: true, mode: 'name', value });
		return {
			type: 'databricksDeltaTrigger',
			parameters: {
				authentication: 'accessToken',
				pollTimes: { item: [{ mode: 'everyMinute' }] },
				warehouse: { __rl: true, mode: 'id', value: this.bench.workspace.warehouseId },
				table: byName(table),
				catalog: byName('gold'),
				schema: byName('bir'),
				warehouseUse: 'always',
				...more,
			},
		};
	}

	/** A trigger as an active workflow drives it; `staticData` is what a database gives back. */
	poller(table: string, more: Record<string, unknown> = {}, staticData?: IDataObject) {
		const polled = this.bench.engine.poller(this.bench.workflow(this.trigger(table, more)), {
			node: 'Node',
			credentials: this.bench.credentials,
			staticData,
		});
		const poll = async (activation?: WorkflowActivateMode): Promise<IDataObject[]> =>
			contents(await polled.tick(activation));
		const pollOutputs = async (): Promise<IDataObject[][]> =>
			((await polled.tickOutputs()) ?? []).map(contents);
		return { ...polled, poll, pollOutputs };
	}

	/** One run of the node Delta Checkpoint on these items. */
	async checkpoint(
		consumer: string,
		parameters: Record<string, unknown> = {},
		input: IDataObject[] = [{}],
	): Promise<IDataObject[]> {
		return await this.bench.items(
			{
				type: 'databricksDeltaCheckpoint',
				parameters: {
					authentication: 'accessToken',
					warehouse: { __rl: true, mode: 'id', value: this.bench.workspace.warehouseId },
					consumer,
					checkpointTable,
					...parameters,
				},
			},
			{ input: input.map((json) => ({ json })) },
		);
	}
}

export const checkpointTable = 'gold.bir.consumers';

function contents(items: INodeExecutionData[] | null): IDataObject[] {
	return (items ?? []).map(({ json }) => json);
}
