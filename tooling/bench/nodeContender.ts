import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createEngine } from '../engine/engine';
import type { Execution } from '../engine/execution';
import { repositoryRoot } from '../start/repositoryRoot';
import type { Contender, Settings } from './measure';

export interface NodeRun {
	/** As in a workflow file: `n8n-nodes-base.databricks`. */
	type: string;
	typeVersion?: number;
	parameters: IDataObject;
	/** Credential type → its fields. */
	credentials: Record<string, ICredentialDataDecryptedObject>;
	/** What comes in; default one empty item. */
	input?: INodeExecutionData[];
	/** Settings such as onError. */
	settings?: IDataObject;
}

/** This package's credential for a stand-in at `settings.url`. */
export function ownCredentials(settings: Settings): NodeRun['credentials'] {
	return { databricksLakehouseTokenApi: { host: settings.url ?? '', token: 'dapi0' } };
}

/** That of n8n's own node. */
export function peerCredentials(settings: Settings): NodeRun['credentials'] {
	return { databricksApi: { host: settings.url ?? '', token: 'dapi0' } };
}

/**
 * A node run by n8n's engine, which is loaded before the measurement; `did` reads what it made. With
 * `warmUp` the node has run once before, with these settings over the others: then what a process of
 * n8n loads once, at the first use of a node, is no part of what is measured.
 */
export function nodeContender(
	name: string,
	run: (settings: Settings) => NodeRun,
	did: (items: INodeExecutionData[]) => string,
	warmUp?: Settings,
): Contender {
	return {
		name,
		prepare: async (settings) => {
			const root = repositoryRoot(__dirname);
			const engine = createEngine({
				packageDirectories: [join(root, 'node_modules/n8n-nodes-base'), root],
			});
			await engine.load();
			const { type, typeVersion = 1, parameters, credentials, input, ...more } = run(settings);
			const node = {
				id: 'node',
				name: 'Node',
				type,
				typeVersion,
				position: [200, 0],
				parameters,
				credentials: Object.fromEntries(
					Object.keys(credentials).map((key) => [key, { name: 'Stand-in' }]),
				),
				...more.settings,
			};
			const start = {
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			};
			const idle = { ...start, id: 'node', name: 'Node', type: 'n8n-nodes-base.noOp' };
			const workflow = {
				name: 'Benchmark',
				nodes: [start, node],
				connections: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
			};
			const stored = Object.entries(credentials).map(([key, data]) => ({ type: key, data }));
			// Types and the engine's own parts are loaded lazily; that is no part of what is measured.
			engine.nodeTypes.getByNameAndVersion(type, typeVersion);
			await engine.execute({ ...workflow, nodes: [start, idle] }, { startNode: 'Start' });
			const execute = async (items: INodeExecutionData[] | undefined) =>
				itemsOf(
					await engine.execute(workflow, {
						startNode: 'Start',
						credentials: stored,
						input: items,
					}),
				);
			if (warmUp !== undefined) await execute(run({ ...settings, ...warmUp }).input);
			return async () => did(await execute(input));
		},
	};
}

function itemsOf(execution: Execution): INodeExecutionData[] {
	if (execution.error !== undefined) throw execution.error;
	return execution.items('Node');
}
