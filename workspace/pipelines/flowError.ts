import { ApiError } from '../apiError';
import { SqlError } from '../sql/sqlError';
import type { EventException } from './events';

/** The compute of an update did not come up; the message is the cloud's reason. */
export class ClusterFailed extends Error {}

/**
 * An error as the event log holds it: exceptions from the outermost to the cause. A stream's error
 * is wrapped in the one that ends the stream, as Spark does.
 */
export function exceptionsOf(error: unknown, stream?: { queryId: string }): EventException[] {
	if (error instanceof ClusterFailed) return clusterExceptions(error);
	const cause = exceptionOf(error);
	if (stream === undefined) return [cause];
	return [
		{
			class_name: 'org.apache.spark.sql.streaming.StreamingQueryException',
			message: `[STREAM_FAILED] Query [id = ${stream.queryId}] terminated with exception: ${cause.message} SQLSTATE: XXKST`,
			error_class: 'STREAM_FAILED',
			sql_state: 'XXKST',
			stack: [],
		},
		cause,
	];
}

function clusterExceptions({ message }: ClusterFailed): EventException[] {
	return [
		{
			class_name: 'com.databricks.pipelines.common.errors.deployment.DeploymentException',
			message: 'Failed to launch pipeline cluster.',
			stack: [],
		},
		{
			class_name: 'com.databricks.pipelines.common.errors.deployment.ClusterLaunchException',
			message,
			error_class: /^[A-Z][A-Z_]+/.exec(message)?.[0] ?? 'CLUSTER_LAUNCH_FAILED',
			stack: [],
		},
	];
}

function exceptionOf(error: unknown): EventException {
	const message = error instanceof Error ? error.message : String(error);
	if (error instanceof SqlError) {
		const analysis = error.sqlState.startsWith('42') || error.sqlState === '0A000';
		return {
			class_name: `org.apache.spark.${analysis ? 'sql.AnalysisException' : 'SparkRuntimeException'}`,
			message,
			error_class: error.condition,
			sql_state: error.sqlState,
			stack: [],
		};
	}
	if (error instanceof ApiError) {
		return { class_name: 'ApiError', message, error_class: String(error.errorCode), stack: [] };
	}
	return { class_name: 'org.apache.spark.sql.AnalysisException', message, stack: [] };
}
