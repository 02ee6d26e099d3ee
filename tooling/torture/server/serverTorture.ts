import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { install, isInstalled } from '../../editor/installation';
import { putPackage } from '../../editor/installedPackage';
import { N8nApi } from '../../editor/n8nApi';
import { endLeftOver, N8nServer } from '../../editor/n8nServer';
import { placesIn, portsFrom } from '../../editor/places';
import { repositoryRoot } from '../../start/repositoryRoot';
import { openObservedWorkspace } from './observedWorkspace';
import { type RoundResult, Rounds } from './rounds';
import { type ServerWorkflow, serverWorkflow } from './workflow';
import { openWorkSink } from './workSink';

export interface ServerTortureOptions {
	/** When n8n is killed, in milliseconds after the last answer before a hand-over. */
	killAfterMs: readonly number[];
	onProgress?: (text: string) => void;
}

export interface ServerTortureResult {
	engine: string;
	delivery: string;
	rounds: RoundResult[];
}

const firstPort = 5790;
/** How n8n drives polls: as it does by default, and with what keeps cursor and execution together. */
const engines: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	'by default': {},
	'durable cursors': {
		N8N_SCHEDULER_ENABLED: 'true',
		N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
		N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	},
};
const deliveries = ['handOver', 'acknowledgement'] as const;

/** The real n8n, stopped, killed and started again around hand-overs: what is lost, what is repeated. */
export async function serverTorture(options: ServerTortureOptions): Promise<ServerTortureResult[]> {
	const progress = options.onProgress ?? (() => {});
	const root = repositoryRoot(__dirname);
	const places = placesIn(root, join(root, '.editor', 'torture'));
	await endLeftOver(places);
	if (!(await isInstalled(places))) {
		await install(places, (done, total, what) => progress(`n8n: ${done}/${total} ${what}`));
	}
	const results: ServerTortureResult[] = [];
	for (const [engine, environment] of Object.entries(engines)) {
		await rm(places.state, { recursive: true, force: true });
		await putPackage(places);
		results.push(...(await underOneEngine(engine, environment)));
	}
	await rm(places.state, { recursive: true, force: true });
	return results;

	async function underOneEngine(
		engine: string,
		environment: Readonly<Record<string, string>>,
	): Promise<ServerTortureResult[]> {
		const found: ServerTortureResult[] = [];
		const ports = portsFrom(firstPort);
		const observed = await openObservedWorkspace();
		const sink = await openWorkSink();
		let server: N8nServer | undefined;
		try {
			server = await N8nServer.start(places, ports, undefined, environment);
			const api = new N8nApi(server.url);
			await api.signIn({ email: 'owner@example.com', password: 'Torture7Lakehouse' });
			const { token, warehouseId } = observed.workspace;
			const credentialId = await api.putCredential({
				name: 'Databricks',
				type: 'databricksLakehouseTokenApi',
				data: { host: observed.url, token },
			});
			for (const [index, delivery] of deliveries.entries()) {
				const workflow: ServerWorkflow = {
					id: `Torture${delivery.slice(0, 8)}1`,
					delivery,
					table: `gold.bir.journal_${index}`,
					consumer: 'torture',
					checkpointTable: 'gold.bir.consumers',
					warehouseId,
					credentialId,
				};
				await observed.run(
					`CREATE TABLE ${workflow.table} (id INT, amount DECIMAL(18,2)) TBLPROPERTIES (delta.enableChangeDataFeed = true)`,
				);
				await api.createWorkflow(serverWorkflow(workflow, sink));
				const rounds: Rounds = new Rounds(
					server,
					api,
					places,
					ports,
					environment,
					observed,
					sink,
					workflow,
					1 + index * 10_000,
					(name) => progress(`${engine}, ${delivery}: ${name}`),
				);
				try {
					await rounds.activate();
					await rounds.undisturbed();
					for (const delayMs of options.killAfterMs) await rounds.killed(delayMs);
					await rounds.restarted();
					await rounds.deactivated();
					await rounds.deactivate();
				} finally {
					server = rounds.running;
				}
				found.push({ engine, delivery, rounds: rounds.results() });
			}
			return found;
		} finally {
			await server?.stop();
			await observed.close();
			await sink.close();
		}
	}
}
