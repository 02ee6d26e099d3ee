/**
 * What to do about a run that ended without success, by `termination_details.code` and by
 * `result_state`, for those that Databricks documents.
 */
const hints: Readonly<Record<string, string>> = {
	SUCCESS_WITH_FAILURES:
		"Some task failed, but the tasks at the end did not. Set 'Accept Partial Success' when that is good enough.",
	USER_CANCELED:
		'Somebody cancelled the run in Databricks. Start it again when that was a mistake.',
	UPSTREAM_CANCELED: 'Somebody cancelled a task before it. Repair the run to go on from there.',
	CANCELED:
		'The run was ended from outside: by a person, or by Databricks when its longest duration was over. Raise the timeout of the job if it needs more time.',
	TIMEDOUT:
		'The timeout of the job or of the task is over. Raise it in the job, or find out why the work takes longer than before.',
	SKIPPED: 'Databricks did not start the run. Let the job queue its runs, or start it later.',
	DISABLED: 'The task is disabled in the job. Enable it, or leave it out.',
	EXCLUDED:
		"The conditions before it were not met, so nothing of the run was due. Check 'Run if' and the conditions of the job.",
	UPSTREAM_FAILED: 'A task before it failed; the cause is there.',
	RUN_EXECUTION_ERROR:
		"The page of the run shows the whole output of the task. Once the cause is mended, the operation 'Repair Run' runs the failed tasks only.",
	FAILED:
		"The page of the run shows the whole output of the task. Once the cause is mended, the operation 'Repair Run' runs the failed tasks only.",
	INTERNAL_ERROR:
		'Databricks itself failed. Start the run again; if it happens again, ask its support.',
	DRIVER_ERROR:
		'The Spark driver died, most often for lack of memory. Read less data onto it, or give it more memory.',
	CLUSTER_ERROR: 'The compute failed. Look at its event log, and start the run again.',
	CLUSTER_TERMINATED_BY_USER: 'Somebody ended the compute of the run. Start the run again.',
	REPOSITORY_CHECKOUT_FAILED:
		'The Git repository of the job could not be read. Check its address, its branch and the Git credential in Databricks.',
	INVALID_CLUSTER_REQUEST:
		'The compute of the job is not defined correctly. Check it in the settings of the job.',
	INVALID_RUN_CONFIGURATION:
		'The job is not defined correctly. Check its tasks and its compute in the settings of the job.',
	WORKSPACE_RUN_LIMIT_EXCEEDED:
		'The workspace has as many active runs as it may. Start the run later, or spread the runs over more time.',
	FEATURE_DISABLED:
		'The job uses something that is switched off in this workspace. Ask its administrator.',
	CLUSTER_REQUEST_LIMIT_EXCEEDED:
		'The workspace created more compute than it may in this time. Start the run later, or share compute between tasks.',
	STORAGE_ACCESS_ERROR:
		'The storage could not be reached. Check the network and the rights of the job on it.',
	UNAUTHORIZED_ERROR:
		'The identity that the job runs as lacks a right. Check its rights on the data, files and compute of the job.',
	LIBRARY_INSTALLATION_ERROR:
		'A library could not be installed. Check its name and version, and that the compute reaches the repository.',
	MAX_CONCURRENT_RUNS_EXCEEDED:
		"Other runs of the job are active. Let runs queue in the settings of the job, raise its maximum of concurrent runs, or choose what happens in 'If the Job Is Already Running'.",
	MAXIMUM_CONCURRENT_RUNS_REACHED:
		"Other runs of the job are active. Let runs queue in the settings of the job, raise its maximum of concurrent runs, or choose what happens in 'If the Job Is Already Running'.",
	MAX_SPARK_CONTEXTS_EXCEEDED:
		'The cluster has as many Spark contexts as it may. Use another cluster, or run fewer tasks on it at a time.',
	RESOURCE_NOT_FOUND:
		'Something that the job needs does not exist: a notebook, a file, a cluster. Check the paths in its tasks.',
	CLOUD_FAILURE: 'The cloud provider failed. Start the run again later.',
	MAX_JOB_QUEUE_SIZE_EXCEEDED:
		'The queue of the job is full. Start fewer runs, or wait until some have ended.',
	BUDGET_POLICY_LIMIT_EXCEEDED:
		'The budget policy of the job allows no more. Ask who owns the policy.',
	BREAKING_CHANGE:
		'A change of the platform met the run; Databricks will start it again with a remedy.',
};

/** One or two sentences; none for what nobody knows yet. */
export function terminationHint(...words: (string | undefined)[]): string | undefined {
	return words.map((word) => hints[word ?? '']).find((hint) => hint !== undefined);
}
