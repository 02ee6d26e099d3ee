import type { Clock } from '../clock';
import { listenOn } from '../listen';
import { Mattermost } from './mattermost';
import { Odoo } from './odoo';
import { Scout } from './scout';

/** The systems around the lakehouse, each on a port of its own on 127.0.0.1. */
export interface Neighbours {
	mattermost: Mattermost & { url: string };
	odoo: Odoo & { url: string };
	scout: Scout & { url: string };
	close(): Promise<void>;
}

/** Where each of them listens; port 0 takes a free one. */
export interface NeighbourPorts {
	mattermost: number;
	odoo: number;
	scout: number;
}

const anyPorts: NeighbourPorts = { mattermost: 0, odoo: 0, scout: 0 };

/** Starts Mattermost, Odoo and Scout stand-ins for the demo, the editor and the tests, all empty. */
export async function startNeighbours(clock: Clock, ports = anyPorts): Promise<Neighbours> {
	const mattermost = new Mattermost(clock);
	const odoo = new Odoo();
	const scout = new Scout();
	const listeners = await Promise.all([
		listenOn(async (request) => await mattermost.app.fetch(request), ports.mattermost),
		listenOn(async (request) => await odoo.app.fetch(request), ports.odoo),
		listenOn(async (request) => await scout.app.fetch(request), ports.scout),
	]);
	const [mattermostUrl = '', odooUrl = '', scoutUrl = ''] = listeners.map(({ url }) => url);
	return {
		mattermost: Object.assign(mattermost, { url: mattermostUrl }),
		odoo: Object.assign(odoo, { url: odooUrl }),
		scout: Object.assign(scout, { url: scoutUrl }),
		close: async () => {
			await Promise.all(listeners.map((listener) => listener.close()));
		},
	};
}
