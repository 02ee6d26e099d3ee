import type { EndpointConfig, ServedEntity } from './endpointConfig';
import { taskOf } from './endpointConfig';
import type { Endpoint } from './servingEndpoints';

/** The words about an endpoint at zero are those of the page "Serving endpoints", not of an API text. */
const messages = { up: '', zero: 'Scaled to zero', starting: 'Scaling up from zero' };

/** As the service shows an endpoint. */
export function endpointInfo(
	endpoint: Endpoint,
	power: keyof typeof messages,
	dataPlaneUrl: string,
): Record<string, unknown> {
	const { config, pending, settings } = endpoint;
	const version = (
		shown: EndpointConfig,
		deployment: (entity: ServedEntity) => Record<string, string>,
	): Record<string, unknown> => ({
		...shown,
		served_entities: shown.served_entities.map((entity) => ({
			...entity,
			creation_timestamp: endpoint.updatedAtMs,
			creator: endpoint.creatorName,
			state: deployment(entity),
		})),
	});
	const task = taskOf(config ?? pending?.config);
	return {
		...settings,
		...(config === undefined
			? {}
			: {
					config: version(config, ({ scale_to_zero_enabled: canSleep }) => ({
						deployment: 'DEPLOYMENT_READY',
						deployment_state_message: canSleep === true ? messages[power] : '',
					})),
				}),
		...(pending === undefined
			? {}
			: {
					pending_config: version(pending.config, () => ({
						deployment: 'DEPLOYMENT_CREATING',
						deployment_state_message: '',
					})),
				}),
		creation_timestamp: endpoint.createdAtMs,
		creator: endpoint.creatorName,
		description: settings.description ?? '',
		id: endpoint.id,
		last_updated_timestamp: endpoint.updatedAtMs,
		name: endpoint.name,
		permission_level: 'CAN_MANAGE',
		route_optimized: settings.route_optimized ?? false,
		...(settings.route_optimized === true ? dataPlane(endpoint, dataPlaneUrl) : {}),
		...(task === undefined ? {} : { task }),
		state: {
			config_update: pending === undefined ? 'NOT_UPDATING' : 'IN_PROGRESS',
			ready: config === undefined ? 'NOT_READY' : 'READY',
		},
	};
}

/** Where a route-optimised endpoint is asked, and what the token for it must allow. */
function dataPlane({ id }: Endpoint, url: string): Record<string, unknown> {
	const details = [
		{
			type: 'workspace_permission',
			object_type: 'serving-endpoints',
			object_path: `/serving-endpoints/${id}`,
			actions: ['query_inference_endpoint'],
		},
	];
	return {
		endpoint_url: url,
		data_plane_info: {
			query_info: { authorization_details: JSON.stringify(details), endpoint_url: url },
		},
	};
}
