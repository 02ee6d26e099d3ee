import { DatabricksError } from '../../nodes/databricks/errors';
import type { Workspace } from '../../nodes/databricks/workspace';
import { without, type ConfigMap } from './configValue';

/** What the workspace knows of a resource. */
export interface Deployed {
	id: string;
	/** As the workspace gives it back, at the place where what was sent stands. */
	settings: unknown;
	/** What references may name beside the settings: id, full_name, volume_path. */
	attributes: ConfigMap;
}

/** Facts of this deployment that settings may need. */
export interface DeployContext {
	workspace: Workspace;
	/** The one who deploys, as SCIM names it: a user, or the application id of a service principal. */
	userName: string;
	metadataPath: string;
	presets: ConfigMap;
}

/** How one kind of resource is read, created and changed. */
export interface ResourceKind {
	/** What is sent, made from the settings of the bundle. */
	wanted(settings: ConfigMap, context: DeployContext): ConfigMap;
	/** Its id when the name decides that; undefined when only creation gives one. */
	idOf?(wanted: ConfigMap): string;
	/** Undefined when it is not there. */
	read(id: string, context: DeployContext): Promise<Deployed | undefined>;
	/** Answers with the id. */
	create(wanted: ConfigMap, context: DeployContext): Promise<string>;
	update(id: string, wanted: ConfigMap, context: DeployContext): Promise<void>;
	/** Securable of Unity Catalog, for `grants`. */
	securable?: string;
	/** Object type and owner's level, for `permissions`. */
	permissions?: { objectType: string; ownerLevel: string; objectId(deployed: Deployed): string };
}

/**
 * What `read` gives, or undefined when the workspace says that there is no such thing: by status 404,
 * or for jobs by 400 "Job 1 does not exist."
 */
export async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
	try {
		return await read;
	} catch (error) {
		if (error instanceof DatabricksError && isMissing(error)) return undefined;
		throw error;
	}
}

function isMissing({ kind, errorCode, message }: DatabricksError): boolean {
	if (kind === 'notFound') return true;
	return errorCode === 'INVALID_PARAMETER_VALUE' && /^Job \d+ does not exist/.test(message);
}

/** Settings without what is applied by calls of its own. */
export function ownSettings(settings: ConfigMap): ConfigMap {
	if (settings.lifecycle !== undefined) {
		throw new Error('"lifecycle" is not known here. Use the Databricks CLI.');
	}
	return without(settings, 'grants', 'permissions');
}
