import { z } from 'zod/v4';

/**
 * The part of databricks.yml's schema that this bundle uses, every field with its type: checked once
 * by hand against `databricks bundle schema` of CLI 1.13. A field that is not here, misspelt or
 * misplaced, would be left out of a deployment with a mere warning. When the bundle needs another
 * one, look it up in that schema and add it here.
 */
const reference = z.string().regex(/^\$\{[a-z_]+(\.[a-z0-9_]+)+\}$/);
const text = z.string();
const texts = z.union([z.array(z.string()), reference]);
const whole = z.union([z.int(), reference]);
const tags = z.record(z.string(), z.string());

const privilege = z.enum([
	'CREATE_TABLE',
	'EXECUTE',
	'MODIFY',
	'READ_VOLUME',
	'SELECT',
	'USE_CATALOG',
	'USE_SCHEMA',
	'WRITE_VOLUME',
]);
const grants = z.array(z.strictObject({ principal: text, privileges: z.array(privilege) }));
const permissions = (...levels: [string, ...string[]]) =>
	z.array(z.strictObject({ group_name: text, level: z.enum(levels) }));
const runAs = z.strictObject({ service_principal_name: text });

const task = z.strictObject({
	task_key: text,
	description: text,
	depends_on: z.array(z.strictObject({ task_key: text })).optional(),
	timeout_seconds: whole,
	max_retries: whole.optional(),
	min_retry_interval_millis: whole.optional(),
	environment_key: text.optional(),
	sql_task: z
		.strictObject({
			warehouse_id: reference,
			file: z.strictObject({ path: text, source: z.literal('WORKSPACE') }),
			parameters: z.record(z.string(), z.string()),
		})
		.optional(),
	pipeline_task: z.strictObject({ pipeline_id: reference, full_refresh: z.boolean() }).optional(),
	spark_python_task: z
		.strictObject({ python_file: text, parameters: z.array(z.string()) })
		.optional(),
});

const resources = z.strictObject({
	catalogs: z.record(text, z.strictObject({ name: text, comment: text, grants })).optional(),
	schemas: z
		.record(text, z.strictObject({ catalog_name: reference, name: text, comment: text, grants }))
		.optional(),
	volumes: z
		.record(
			text,
			z.strictObject({
				catalog_name: reference,
				schema_name: reference,
				name: text,
				comment: text,
				volume_type: z.literal('MANAGED'),
				grants,
			}),
		)
		.optional(),
	registered_models: z
		.record(
			text,
			z.strictObject({
				catalog_name: reference,
				schema_name: reference,
				name: text,
				comment: text,
				grants,
			}),
		)
		.optional(),
	model_serving_endpoints: z
		.record(
			text,
			z.strictObject({
				name: text,
				description: text,
				tags: z.array(z.strictObject({ key: text, value: text })),
				permissions: permissions('CAN_QUERY', 'CAN_VIEW', 'CAN_MANAGE'),
			}),
		)
		.optional(),
	pipelines: z
		.record(
			text,
			z.strictObject({
				name: text,
				catalog: reference,
				schema: reference,
				serverless: z.literal(true),
				photon: z.boolean(),
				continuous: z.boolean(),
				channel: z.enum(['CURRENT', 'PREVIEW']),
				edition: z.enum(['CORE', 'PRO', 'ADVANCED']),
				root_path: text,
				libraries: z.array(z.strictObject({ glob: z.strictObject({ include: text }) })),
				configuration: z.record(z.string(), z.string()),
				notifications: z.array(
					z.strictObject({
						alerts: z.array(z.enum(['on-update-failure', 'on-update-fatal-failure'])),
						email_recipients: texts,
					}),
				),
				tags,
				permissions: permissions('CAN_RUN', 'CAN_VIEW', 'CAN_MANAGE'),
			}),
		)
		.optional(),
	jobs: z
		.record(
			text,
			z.strictObject({
				name: text,
				description: text,
				max_concurrent_runs: whole,
				queue: z.strictObject({ enabled: z.boolean() }),
				timeout_seconds: whole,
				performance_target: z.enum(['PERFORMANCE_OPTIMIZED', 'STANDARD']),
				health: z.strictObject({
					rules: z.array(
						z.strictObject({
							metric: z.literal('RUN_DURATION_SECONDS'),
							op: z.literal('GREATER_THAN'),
							value: whole,
						}),
					),
				}),
				email_notifications: z.strictObject({
					on_failure: texts,
					on_duration_warning_threshold_exceeded: texts,
				}),
				notification_settings: z.strictObject({ no_alert_for_canceled_runs: z.boolean() }),
				tags,
				permissions: permissions('CAN_MANAGE_RUN', 'CAN_VIEW', 'CAN_MANAGE'),
				parameters: z.array(z.strictObject({ name: text, default: text })),
				environments: z.array(
					z.strictObject({
						environment_key: text,
						spec: z.strictObject({ environment_version: text, dependencies: z.array(text) }),
					}),
				),
				tasks: z.array(task),
			}),
		)
		.optional(),
});

const target = z.strictObject({
	default: z.boolean().optional(),
	mode: z.literal('production').optional(),
	workspace: z.strictObject({ root_path: text }).optional(),
	presets: z.strictObject({
		trigger_pause_status: z.enum(['PAUSED', 'UNPAUSED']).optional(),
		pipelines_development: z.boolean().optional(),
		tags,
	}),
	variables: z.record(text, z.union([z.string(), z.number()])).optional(),
	resources: z
		.strictObject({
			jobs: z.record(text, z.strictObject({ run_as: runAs })),
			pipelines: z.record(text, z.strictObject({ run_as: runAs })),
		})
		.optional(),
});

/** databricks.yml */
export const mainShape = z.strictObject({
	bundle: z.strictObject({ name: text, engine: z.literal('direct') }),
	include: z.array(text),
	sync: z.strictObject({ exclude: z.array(text) }),
	variables: z.record(
		text,
		z.strictObject({
			description: text,
			type: z.literal('complex').optional(),
			default: z.union([z.string(), z.number(), z.array(z.string())]).optional(),
			lookup: z.strictObject({ warehouse: text }).optional(),
		}),
	),
	targets: z.record(text, target),
});

/** resources/*.yml */
export const includedShape = z.strictObject({ resources });
