import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { RunFollower } from '../databricks/jobs/jobRunFollowing';
import { findJobByName, getJob } from '../databricks/jobs/jobs';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { parametersOf, startThenFinish } from '../n8n/perItem';
import type { Finish, ItemWork } from './operation';
import { operationNamed } from './operations';

/** Does the chosen operation for each item; runs are waited for together. */
export async function runJobs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let connection: Promise<Omit<ItemWork, 'context' | 'item' | 'parameters'>> | undefined;
	return await startThenFinish<Finish>(
		context,
		async (item) => {
			const parameters = parametersOf(context, item);
			connection ??= open(context, parameters.text('authentication'));
			const operation = operationNamed(parameters.text('operation'));
			return await operation.start({ context, item, parameters, ...(await connection) });
		},
		async (finish) => await finish(),
	);
}

async function open(context: IExecuteFunctions, authentication: string) {
	const workspace = await connect(context, authentication, { signal: stopSignal(context) });
	return {
		workspace,
		follower: new RunFollower(workspace),
		jobOf: once(async (jobId) => await getJob(workspace, jobId)),
		jobNamed: once(async (name) => (await findJobByName(workspace, name)).job_id),
	};
}

/** Asks once for each key, however many items ask. */
function once<Value>(read: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
	const known = new Map<string, Promise<Value>>();
	return async (key) => {
		const value = known.get(key) ?? read(key);
		known.set(key, value);
		return await value;
	};
}
