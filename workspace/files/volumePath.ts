import { join } from 'node:path';
import { ApiError, invalidParameter } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';

/** A path below /Volumes, and the real place behind it. */
export interface VolumePath {
	/** `/Volumes/<catalog>/<schema>/<volume>[/…]`, as answers name it. */
	path: string;
	/** Address of the file or folder on this machine's disk. */
	realPath: string;
	/** The path inside the volume; empty for the volume itself. */
	segments: string[];
	volume: string;
}

/**
 * Reads a decoded path `Volumes/<catalog>/<schema>/<volume>/…`. Throws ApiError 400 for what is
 * no such path, 404 when the volume does not exist.
 */
export async function volumePath(workspace: LocalWorkspace, text: string): Promise<VolumePath> {
	const [root, catalog, schema, volume, ...segments] = text
		.split('/')
		.filter((part) => part !== '');
	if (root !== 'Volumes' || catalog === undefined || schema === undefined || volume === undefined) {
		throw invalidParameter(
			`Invalid path: /${text} is not of the form /Volumes/<catalog>/<schema>/<volume>/<path>.`,
		);
	}
	if (segments.some((segment) => segment === '.' || segment === '..' || segment.includes('\0'))) {
		throw invalidParameter(`Invalid path: /${text} contains a segment that is not allowed.`);
	}
	const fullName = `${catalog}.${schema}.${volume}`.toLowerCase();
	const { volumes } = workspace.lakehouse;
	if ((await volumes.get(catalog, schema, volume)) === undefined) {
		throw filesNotFound(`Volume '${fullName}' does not exist.`);
	}
	const names = [catalog, schema, volume].map((part) => part.toLowerCase());
	return {
		path: ['', 'Volumes', ...names, ...segments].join('/'),
		realPath: join(workspace.volumesRoot, ...names, ...segments),
		segments,
		volume: fullName,
	};
}

/** 404 of the Files API: databricks-api.md's sources show code, reason and domain. */
export function filesNotFound(message: string): ApiError {
	return filesError(404, 'NOT_FOUND', message, 'FILES_API_RESOURCE_NOT_FOUND');
}

/** An error of the Files API with the reason that clients look for. */
export function filesError(status: number, errorCode: string, message: string, reason: string) {
	return new ApiError(status, errorCode, message, [
		{
			'@type': 'type.googleapis.com/google.rpc.ErrorInfo',
			reason,
			domain: 'filesystem.databricks.com',
		},
	]);
}
