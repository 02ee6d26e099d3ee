import { join } from 'node:path';
import { staticToken } from '../../nodes/databricks/auth/staticToken';
import { Workspace } from '../../nodes/databricks/workspace';
import { systemClock } from '../../workspace/clock';
import type { LocalWorkspace } from '../../workspace/localWorkspace';
import { startNeighbours, type Neighbours } from '../../workspace/neighbours/neighbours';
import { visiblePace } from '../../workspace/pace';
import { generateExports } from '../../workspace/sample/exports';
import { monthBefore } from '../../workspace/sample/months';
import { createServer } from '../../workspace/server';
import { deploy, type DeployStep } from '../deploy/deploy';
import type { NewCredential } from './n8nApi';
import type { Places, Ports } from './places';

/** What the workflows reach from the editor: a local workspace, and the systems around it. */
export interface Surroundings {
	workspace: LocalWorkspace;
	neighbours: Neighbours;
	/** Deploys the bundle to its dev target; answers how many resources there are. */
	deploy(onStep: (step: DeployStep) => void): Promise<number>;
	/** Lets Scout publish 36 months up to the last one; answers how many exports there are. */
	publish(): number;
	close(): Promise<void>;
}

/** Starts all of it on the ports of the editor; the workspace is as it was when it ended. */
export async function startSurroundings(places: Places, ports: Ports): Promise<Surroundings> {
	const server = createServer({ pace: visiblePace });
	const neighbours = await startNeighbours(systemClock, ports);
	const close = async (): Promise<void> => {
		await neighbours.close();
		await server.close();
	};
	try {
		await server.listen(ports.workspace);
		const workspace = await server.addWorkspace({ stateFolder: places.workspace });
		const { host, token } = workspace;
		const client = new Workspace({ host, tokens: staticToken(token) });
		const bundleFolder = join(places.root, 'bundle');
		return {
			workspace,
			neighbours,
			deploy: async (onStep) => {
				const deployment = await deploy({ bundleFolder, target: 'dev', workspace: client, onStep });
				return Object.keys(deployment.resources).length;
			},
			publish: () => {
				const nowMs = workspace.clock.now();
				const { exports } = generateExports({ lastMonth: monthBefore(new Date(nowMs)) });
				neighbours.scout.publish(exports, nowMs);
				return exports.length;
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** By the names that the shipped workflows use. */
export function credentialsFor({ workspace, neighbours }: Surroundings): NewCredential[] {
	const { mattermost, odoo, scout } = neighbours;
	const { host, token, clientId, clientSecret } = workspace;
	return [
		{ type: 'databricksLakehouseTokenApi', name: 'Databricks Lakehouse', data: { host, token } },
		{
			type: 'databricksLakehouseOAuth2Api',
			name: 'Databricks Lakehouse (Service Principal)',
			data: { host, clientId, clientSecret },
		},
		{ type: 'httpBearerAuth', name: 'Scout API', data: { token: scout.apiKey } },
		{
			type: 'httpHeaderAuth',
			name: 'Scout Webhook',
			data: { name: 'X-Scout-Key', value: scout.apiKey },
		},
		{
			type: 'mattermostApi',
			name: 'Mattermost',
			data: { accessToken: mattermost.accessToken, baseUrl: mattermost.url },
		},
		{
			type: 'odooApi',
			name: 'Odoo',
			data: { url: odoo.url, username: odoo.username, password: odoo.password, db: odoo.database },
		},
	];
}

/** What the `Settings` node of a shipped workflow has to say on this machine. */
export function settingsFor({ workspace, neighbours }: Surroundings): Record<string, string> {
	return {
		scoutUrl: neighbours.scout.url,
		warehouseId: workspace.warehouseId,
	};
}
