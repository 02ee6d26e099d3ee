import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { RunFollower } from '../databricks/jobs/jobRunFollowing';
import { getJob, type Job } from '../databricks/jobs/jobs';
import { connect } from '../n8n/authentication';
import { stopSignal } from '../n8n/giveUp';
import { parametersOf, startThenFinish } from '../n8n/perItem';
import type { Finish, ItemWork } from './operation';
import { operationNamed } from './operations';

/** Does the chosen operation for each item; runs are waited for together. */
export async function runJobs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	let connection: Promise<Pick<ItemWork, 'workspace' | 'follower' | 'jobOf'>> | undefined;
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
	const jobs = new Map<string, Promise<Job>>();
	const jobOf = async (jobId: string) => {
		const job = jobs.get(jobId) ?? getJob(workspace, jobId);
		jobs.set(jobId, job);
		return await job;
	};
	return { workspace, follower: new RunFollower(workspace), jobOf };
}
