import { notFound } from '../apiError';
import { jobsOf } from '../jobs/jobs';
import type { LocalWorkspace } from '../localWorkspace';
import { pipelinesOf } from '../pipelines/pipelines';
import { servingEndpointsOf } from '../serving/servingEndpoints';
import { warehousesOf } from '../warehouses/warehouses';

/** A kind of object that has an access control list. */
export interface PermittedKind {
	objectType: string;
	/** The level of who made the object; IS_OWNER is held by exactly one. */
	creatorLevel: 'IS_OWNER' | 'CAN_MANAGE';
	/** Who made the object. Throws ApiError 404 when there is none of this id. */
	creatorOf(workspace: LocalWorkspace, id: string): string;
}

/**
 * By the path below /api/2.0/permissions. Folders, files and notebooks are not here: what may be
 * done with them comes from the folders above, which the local workspace does not reckon.
 */
export const permittedKinds: ReadonlyMap<string, PermittedKind> = new Map([
	[
		'jobs',
		{
			objectType: 'job',
			creatorLevel: 'IS_OWNER',
			creatorOf: (workspace, id) => {
				const job = jobsOf(workspace).find(id);
				// 404 here, unlike the 400 with the same words that jobs/get answers.
				if (job === undefined) throw notFound(`Job ${id} does not exist.`);
				return job.creatorName;
			},
		},
	],
	[
		'pipelines',
		{
			objectType: 'pipelines',
			creatorLevel: 'IS_OWNER',
			creatorOf: (workspace, id) => pipelinesOf(workspace).get(id).creator,
		},
	],
	[
		'sql/warehouses',
		{
			objectType: 'warehouses',
			creatorLevel: 'IS_OWNER',
			creatorOf: (workspace, id) => warehousesOf(workspace).get(id).creatorName,
		},
	],
	[
		'serving-endpoints',
		{
			objectType: 'serving-endpoint',
			creatorLevel: 'CAN_MANAGE',
			creatorOf: (workspace, id) => {
				const endpoint = servingEndpointsOf(workspace).byId(id);
				if (endpoint === undefined) throw notFound(`Endpoint with id '${id}' does not exist.`);
				return endpoint.creatorName;
			},
		},
	],
] satisfies [string, PermittedKind][]);
