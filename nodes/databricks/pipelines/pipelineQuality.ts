import type { z } from 'zod/v4';
import type { expectationSchema, PipelineEvent } from './pipelineEvents';

/** What happens to a record that does not meet an expectation. */
export type ExpectationAction = 'warn' | 'drop' | 'fail';

export interface ExpectationResult {
	name: string;
	/** Undefined when neither the definition nor the numbers tell. */
	action?: ExpectationAction;
	passedRecords: number;
	failedRecords: number;
	/** Share of records that met the expectation, 0 to 1; 1 when there were none. */
	passRate: number;
}

export interface DatasetResult {
	dataset: string;
	/** The last status of the dataset's flow: COMPLETED, FAILED, SKIPPED, EXCLUDED … */
	status?: string;
	outputRows: number;
	upsertedRows: number;
	deletedRows: number;
	droppedRecords: number;
	expectations: ExpectationResult[];
}

/**
 * What an update did, per dataset, in alphabetical order. `events` are the newest first.
 *
 * A flow reports in several events, one a batch, so the numbers of its events are added up per
 * (dataset, expectation). When a flow is tried again, a stream goes on after the batches that it has
 * committed, so they count; a dataset that is computed whole (a materialized view) begins anew, so
 * that what its earlier attempts reported does not count. What a failed attempt says at its end was
 * never committed and does not count either.
 */
export function qualityOf(events: readonly PipelineEvent[]): DatasetResult[] {
	const whole = wholeDatasets(events);
	const tallies = new Map<string, Map<string, DatasetResult>>();
	const statuses = new Map<string, string>();
	for (const event of oldestFirst(events)) {
		const progress = event.details?.flow_progress;
		if (progress == null) continue;
		const own = event.origin.dataset_name ?? event.origin.flow_name ?? '';
		const flow = event.origin.flow_name ?? own;
		const status = progress.status ?? '';
		if (status !== '') statuses.set(own, status);
		if (status === 'FAILED') continue;
		if (status === 'STARTING' && whole.has(own)) tallies.delete(flow);
		if (progress.metrics == null && progress.data_quality == null) continue;
		const tally = tallyOf(tallies, flow);
		const result = datasetResult(tally, own);
		result.outputRows += progress.metrics?.num_output_rows ?? 0;
		result.upsertedRows += progress.metrics?.num_upserted_rows ?? 0;
		result.deletedRows += progress.metrics?.num_deleted_rows ?? 0;
		result.droppedRecords += progress.data_quality?.dropped_records ?? 0;
		for (const expectation of progress.data_quality?.expectations ?? []) {
			addExpectation(datasetResult(tally, datasetOf(expectation.dataset, own)), expectation);
		}
	}
	const merged = new Map<string, DatasetResult>();
	for (const tally of tallies.values()) {
		for (const result of tally.values()) mergeInto(datasetResult(merged, result.dataset), result);
	}
	for (const [dataset, status] of statuses) {
		// A table that the update left alone has nothing to say.
		if (status === 'EXCLUDED' && !merged.has(dataset)) continue;
		datasetResult(merged, dataset).status = status;
	}
	const actions = declaredActions(events);
	for (const result of merged.values()) setActions(result, actions);
	return [...merged.values()].sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
}

/** Each event once: pages may overlap. */
function oldestFirst(events: readonly PipelineEvent[]): PipelineEvent[] {
	const seen = new Set<string>();
	const once = events.filter(({ id }) => {
		if (id === undefined) return true;
		const isNew = !seen.has(id);
		seen.add(id);
		return isNew;
	});
	return once.reverse();
}

/** Datasets whose every flow computes them whole, by what the update said of them. */
function wholeDatasets(events: readonly PipelineEvent[]): Set<string> {
	const whole = new Set<string>();
	for (const { details, origin } of events) {
		const isWhole =
			details?.dataset_definition?.dataset_type === 'MATERIALIZED_VIEW' ||
			details?.flow_definition?.flow_type === 'COMPLETE';
		const dataset = origin.dataset_name ?? origin.flow_name;
		if (isWhole && dataset !== undefined) whole.add(dataset);
	}
	return whole;
}

function tallyOf(tallies: Map<string, Map<string, DatasetResult>>, flow: string) {
	const known = tallies.get(flow);
	if (known !== undefined) return known;
	const made = new Map<string, DatasetResult>();
	tallies.set(flow, made);
	return made;
}

/** Expectations may name their dataset in short, the event in full: the full name is kept. */
function datasetOf(named: string, own: string): string {
	return named === '' || own === named || own.endsWith(`.${named}`) ? own : named;
}

function datasetResult(datasets: Map<string, DatasetResult>, dataset: string): DatasetResult {
	const known = datasets.get(dataset);
	if (known !== undefined) return known;
	const made = {
		dataset,
		outputRows: 0,
		upsertedRows: 0,
		deletedRows: 0,
		droppedRecords: 0,
		expectations: [],
	};
	datasets.set(dataset, made);
	return made;
}

function mergeInto(sum: DatasetResult, more: DatasetResult): void {
	sum.outputRows += more.outputRows;
	sum.upsertedRows += more.upsertedRows;
	sum.deletedRows += more.deletedRows;
	sum.droppedRecords += more.droppedRecords;
	for (const { name, passedRecords, failedRecords } of more.expectations) {
		addExpectation(sum, { name, passed_records: passedRecords, failed_records: failedRecords });
	}
}

type Counted = Pick<
	z.output<typeof expectationSchema>,
	'name' | 'passed_records' | 'failed_records'
>;

function addExpectation(result: DatasetResult, more: Counted): void {
	let sum = result.expectations.find((known) => known.name === more.name);
	if (sum === undefined) {
		sum = { name: more.name, passedRecords: 0, failedRecords: 0, passRate: 1 };
		result.expectations.push(sum);
	}
	sum.passedRecords += more.passed_records;
	sum.failedRecords += more.failed_records;
	const total = sum.passedRecords + sum.failedRecords;
	sum.passRate = total === 0 ? 1 : sum.passedRecords / total;
}

const actionByWord: Readonly<Record<string, ExpectationAction>> = {
	ALLOW: 'warn',
	WARN: 'warn',
	DROP: 'drop',
	FAIL: 'fail',
};

/** Dataset → expectation → action, as the definitions of the update say. */
function declaredActions(
	events: readonly PipelineEvent[],
): ReadonlyMap<string, ReadonlyMap<string, ExpectationAction>> {
	const declared = new Map<string, Map<string, ExpectationAction>>();
	for (const { details, origin } of events) {
		const dataset = origin.dataset_name;
		if (dataset === undefined) continue;
		for (const { name, action } of details?.dataset_definition?.expectations ?? []) {
			const known = actionByWord[action?.toUpperCase() ?? ''];
			if (name == null || known === undefined) continue;
			declared.set(dataset, (declared.get(dataset) ?? new Map()).set(name, known));
		}
	}
	return declared;
}

/**
 * The action of each expectation: as declared, else as the numbers allow no other. Failed records that
 * did not end the update were dropped or let through; none dropped means let through, and dropped ones
 * with only one expectation that failed mean that it dropped them.
 */
function setActions(
	result: DatasetResult,
	declared: ReadonlyMap<string, ReadonlyMap<string, ExpectationAction>>,
): void {
	const failing = result.expectations.filter(({ failedRecords }) => failedRecords > 0);
	for (const expectation of result.expectations) {
		const inferred =
			expectation.failedRecords === 0
				? undefined
				: result.droppedRecords === 0
					? 'warn'
					: failing.length === 1
						? 'drop'
						: undefined;
		const action = declared.get(result.dataset)?.get(expectation.name) ?? inferred;
		if (action !== undefined) expectation.action = action;
	}
}
