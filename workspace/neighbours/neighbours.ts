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

/** Starts Mattermost, Odoo and Scout stand-ins for the demo and the tests, all empty. */
export async function startNeighbours(clock: Clock): Promise<Neighbours> {
	const mattermost = new Mattermost(clock);
	const odoo = new Odoo();
	const scout = new Scout();
	const listeners = await Promise.all(
		[mattermost, odoo, scout].map(({ app }) =>
			listenOn(async (request) => await app.fetch(request), 0),
		),
	);
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
