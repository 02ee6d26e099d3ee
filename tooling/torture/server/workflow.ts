import type { TortureSettings } from '../protocol';
import type { WorkSink } from './workSink';

const ownPackage = 'n8n-nodes-databricks-lakehouse';

/** Twelve poll times, because n8n refuses one that fires more than once a minute. */
const everyFiveSeconds = Array.from({ length: 12 }, (_, index) => ({
	mode: 'custom',
	cronExpression: `${index * 5} * * * * *`,
}));

export interface ServerWorkflow {
	id: string;
	delivery: TortureSettings['delivery'];
	table: string;
	consumer: string;
	checkpointTable: string;
	warehouseId: string;
	credentialId: string;
}

/** Trigger → work (a request for each item) → acknowledgement, as n8n stores it. */
export function serverWorkflow(settings: ServerWorkflow, sink: WorkSink): Record<string, unknown> {
	const { id, delivery, table, consumer, checkpointTable, warehouseId, credentialId } = settings;
	const own = {
		typeVersion: 1,
		credentials: { databricksLakehouseTokenApi: { id: credentialId, name: 'Databricks' } },
	};
	const connection = {
		authentication: 'accessToken',
		warehouse: { __rl: true, mode: 'id', value: warehouseId },
	};
	const nodes = [
		{
			...own,
			name: 'Changes',
			type: `${ownPackage}.databricksDeltaTrigger`,
			parameters: {
				...connection,
				pollTimes: { item: everyFiveSeconds },
				warehouseUse: 'always',
				table: { __rl: true, mode: 'name', value: table },
				delivery,
				...(delivery === 'acknowledgement'
					? { consumer, checkpointTable, leaseMinutes: 0.05, mostAttempts: 1_000 }
					: {}),
			},
		},
		{
			name: 'Work',
			type: 'n8n-nodes-base.httpRequest',
			typeVersion: 4.2,
			parameters: {
				method: 'POST',
				url: sink.url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ JSON.stringify($json) }}',
				options: {},
			},
		},
		{
			...own,
			name: 'Acknowledge',
			type: `${ownPackage}.databricksDeltaCheckpoint`,
			parameters: { ...connection, operation: 'acknowledge', consumer, checkpointTable },
		},
	].slice(0, delivery === 'acknowledgement' ? 3 : 2);
	const next = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
	return {
		id,
		name: `Torture: ${delivery}`,
		nodes: nodes.map((node, index) => ({
			...node,
			id: `node${index}`,
			position: [index * 200, 0],
		})),
		connections: {
			Changes: next('Work'),
			...(delivery === 'acknowledgement' ? { Work: next('Acknowledge') } : {}),
		},
		settings: { executionOrder: 'v1' },
	};
}
