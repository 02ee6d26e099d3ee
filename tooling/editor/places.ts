import { join } from 'node:path';

/** Where the editor keeps what; all of it is ignored by git. */
export interface Places {
	/** The repository. */
	root: string;
	/** What names the packages to install, with its lock file. */
	manifest: string;
	/** The installed n8n. */
	installation: string;
	/** What is kept between starts and forgotten by `--fresh`. */
	state: string;
	/** n8n's user folder. */
	userFolder: string;
	/** State of the local workspace. */
	workspace: string;
	/** What n8n prints. */
	log: string;
}

/** @param state another folder for what is kept between starts */
export function placesIn(root: string, state = join(root, '.editor', 'state')): Places {
	return {
		root,
		manifest: join(root, 'tooling', 'editor'),
		installation: join(root, '.editor', 'server'),
		state,
		userFolder: join(state, 'n8n'),
		workspace: join(state, 'workspace'),
		log: join(state, 'n8n.log'),
	};
}

/** Names of the ports of the editor, in their order from the one that the user names. */
const portNames = ['n8n', 'taskBroker', 'workspace', 'mattermost', 'odoo', 'scout'] as const;
export type Ports = Record<(typeof portNames)[number], number>;

/** Ports in a row, so that addresses stay what they are from start to start. */
export function portsFrom(first: number): Ports {
	return {
		n8n: first,
		taskBroker: first + 1,
		workspace: first + 2,
		mattermost: first + 3,
		odoo: first + 4,
		scout: first + 5,
	};
}

/** How many ports in a row the editor takes. */
export const portCount = portNames.length;
