/** How long things take, in milliseconds of the workspace's clock. */
export interface Pace {
	/** STARTING of a stopped warehouse, until it is RUNNING. */
	warehouseStartMs: number;
	/** What a statement spends at least between PENDING and its end. */
	statementMs: number;
	/** PENDING of a run, until its first task may start. */
	runQueueMs: number;
	/** PENDING of a task: compute being set up. */
	taskStartMs: number;
	/** TERMINATING of a cancelled run. */
	runTerminateMs: number;
	/** WAITING_FOR_RESOURCES and INITIALIZING of a pipeline update. */
	updateStartMs: number;
	/** Between two rounds of a continuous pipeline. */
	continuousTriggerMs: number;
	/** Creation or update of a serving endpoint, until it is READY. */
	endpointStartMs: number;
	/** First replica of an endpoint that had scaled to zero. */
	endpointColdStartMs: number;
}

/** Everything at once: what tests want. */
export const instantPace: Pace = {
	warehouseStartMs: 0,
	statementMs: 0,
	runQueueMs: 0,
	taskStartMs: 0,
	runTerminateMs: 0,
	updateStartMs: 0,
	continuousTriggerMs: 5_000,
	endpointStartMs: 0,
	endpointColdStartMs: 0,
};

/** Long enough to see every state go by, short enough not to wait for it: `npm run workspace`. */
export const visiblePace: Pace = {
	warehouseStartMs: 400,
	statementMs: 0,
	runQueueMs: 150,
	taskStartMs: 150,
	runTerminateMs: 100,
	updateStartMs: 300,
	continuousTriggerMs: 5_000,
	endpointStartMs: 300,
	endpointColdStartMs: 3_000,
};
