import { createServer } from 'node:net';
import { rm } from 'node:fs/promises';
import { systemClock } from '../../workspace/clock';
import { seconds } from '../start/report';
import { EditorError } from './editorError';
import { install, isInstalled } from './installation';
import { putPackage } from './installedPackage';
import { readKeptState, writeKeptState, type KeptState } from './keptState';
import { N8nApi } from './n8nApi';
import { endLeftOver, N8nServer } from './n8nServer';
import { portCount, type Places, type Ports } from './places';
import { credentialKey, importWorkflows, workflowId } from './shippedWorkflows';
import { credentialsFor, settingsFor, startSurroundings, type Surroundings } from './surroundings';

/** What one step leaves for the next ones, and for whoever ends it all. */
export interface EditorContext {
	places: Places;
	ports: Ports;
	fresh: boolean;
	signal: AbortSignal;
	surroundings?: Surroundings;
	server?: N8nServer;
	api?: N8nApi;
	kept?: KeptState;
	credentialIds?: Map<string, string>;
}

/** Shows how far a step has come. */
export type Show = (text: string, done?: number, total?: number) => void;

export interface EditorStep {
	name: string;
	/** Answers what there is now, in a few words. */
	run(context: EditorContext, show: Show): Promise<string>;
}

const ingestionId = workflowId('scout-ingestion.json');
const lookEveryMs = 300;

/** From nothing, or from what an earlier start left, to an editor that can be opened. */
export const editorSteps: readonly EditorStep[] = [
	{
		name: 'Install n8n beside the project',
		run: async ({ places, signal }, show) => {
			if (await isInstalled(places)) return 'there already';
			show('about 2 100 packages and 2.2 GB, three to five minutes, once');
			await install(
				places,
				(done, total, what) => show(`${done}/${total} ${what}`, done, total),
				signal,
			);
			return 'ready';
		},
	},
	{
		name: 'Put this package into it, as a user installs it',
		run: async ({ places, ports, fresh, signal }) => {
			await endLeftOver(places);
			await checkPorts(ports);
			if (fresh) await rm(places.state, { recursive: true, force: true });
			return (await putPackage(places, signal)) ? 'packed and installed' : 'unchanged';
		},
	},
	{
		name: 'Start the local workspace, its neighbours, and n8n',
		run: async (context) => {
			const { places, ports, signal } = context;
			context.kept = await readKeptState(places.state);
			context.surroundings = await startSurroundings(places, ports);
			context.server = await N8nServer.start(places, ports, signal);
			return `n8n was ready after ${seconds(context.server.startMs)}`;
		},
	},
	{
		name: 'Deploy the bundle and publish the sample exports',
		run: async (context, show) => {
			const { deploy, publish } = surroundingsOf(context);
			const resources = await deploy(({ name, action, done, total }) =>
				show(`${done}/${total} ${name} ${action}`, done, total),
			);
			return `${resources} resources, ${publish()} exports`;
		},
	},
	{
		name: 'Make the owner and the credentials, and test them',
		run: async (context, show) => {
			const { owner, api } = await signedIn(context);
			const ids = new Map<string, string>();
			const tested: string[] = [];
			for (const credential of credentialsFor(surroundingsOf(context))) {
				show(credential.name);
				const id = await api.putCredential(credential);
				ids.set(credentialKey(credential.type, credential.name), id);
				if (!credential.type.startsWith('databricks')) continue;
				const fault = await api.testCredential(id, credential);
				if (fault !== undefined)
					throw new EditorError(`The credential ${credential.name} fails its test: ${fault}`);
				tested.push(credential.name);
			}
			context.credentialIds = ids;
			return `${owner.email}, ${ids.size} credentials, ${tested.length} of them tested against the workspace`;
		},
	},
	{
		name: 'Import the shipped workflows',
		run: async (context) => {
			const { places, credentialIds = new Map() } = context;
			const { api, kept } = await signedIn(context);
			const settings = settingsFor(surroundingsOf(context));
			const { imported, changed } = await importWorkflows(
				api,
				places.root,
				settings,
				credentialIds,
				kept.imported,
			);
			kept.imported = imported;
			await writeKeptState(places.state, kept);
			return `${Object.keys(imported).length} workflows, ${changed} new or brought up to date`;
		},
	},
	{
		name: 'Bring the sample data in with the workflow Scout ingestion',
		run: async (context, show) => {
			const { places, signal } = context;
			const { api, kept } = await signedIn(context);
			if (kept.ingested) return 'there already';
			const { scout } = surroundingsOf(context).neighbours;
			const executionId = await api.run(ingestionId, 'Every 15 Minutes');
			for (;;) {
				const { stoppedAt, status } = await api.execution(executionId);
				show(
					`${scout.fetched.length}/${scout.exportCount} exports fetched`,
					scout.fetched.length,
					scout.exportCount,
				);
				if (stoppedAt != null && status !== 'running') {
					if (status === 'success') break;
					const page = `${api.url}/workflow/${ingestionId}/executions/${executionId}`;
					throw new EditorError(
						`Scout ingestion ended with ${status}; see ${page} and ${places.log}.`,
					);
				}
				await systemClock.sleep(lookEveryMs, signal);
			}
			kept.ingested = true;
			await writeKeptState(places.state, kept);
			return 'bronze, silver and gold are filled';
		},
	},
];

/** Ends what the steps started, also when they did not all come to their end. */
export async function endEditor({ server, surroundings }: EditorContext): Promise<void> {
	await server?.stop();
	await surroundings?.close();
}

async function signedIn(context: EditorContext) {
	const { server, kept, places } = context;
	if (server === undefined || kept === undefined) throw new Error('n8n has not been started.');
	if (context.api === undefined) {
		const api = new N8nApi(server.url);
		await api.signIn(kept.owner);
		await writeKeptState(places.state, kept);
		context.api = api;
	}
	return { api: context.api, kept, owner: kept.owner };
}

function surroundingsOf({ surroundings }: EditorContext): Surroundings {
	if (surroundings === undefined) throw new Error('The local workspace has not been started.');
	return surroundings;
}

/** Throws EditorError for the first port that something else listens on. */
async function checkPorts(ports: Ports): Promise<void> {
	for (const port of Object.values(ports)) {
		const isFree = await new Promise<boolean>((resolve) => {
			const probe = createServer();
			probe.once('error', () => resolve(false));
			probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
		});
		if (isFree) continue;
		const last = ports.n8n + portCount - 1;
		throw new EditorError(
			`Port ${port} is taken. The editor needs ${ports.n8n} to ${last}: end what uses it (an editor that is still open?), or name another first port with --port.`,
		);
	}
}
