import type { IDataObject } from 'n8n-workflow';
import type { PipelineEvent } from '../databricks/pipelines/pipelineEvents';
import {
	type DatasetResult,
	type ExpectationResult,
	qualityOf,
} from '../databricks/pipelines/pipelineQuality';
import {
	createdAtMs,
	type Pipeline,
	type PipelineUpdate,
	updatePageUrl,
} from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';

/** What the update itself says, without its events. */
export function updateFacts(
	workspace: Workspace,
	pipelineId: string,
	update: PipelineUpdate,
): IDataObject {
	const created = createdAtMs(update);
	return {
		pipeline_id: pipelineId,
		update_id: update.update_id,
		state: update.state,
		cause: update.cause ?? null,
		full_refresh: update.full_refresh ?? false,
		validate_only: update.validate_only ?? false,
		refresh_selection: update.refresh_selection ?? [],
		full_refresh_selection: update.full_refresh_selection ?? [],
		creation_time: created === undefined ? null : new Date(created).toISOString(),
		update_page_url: updatePageUrl(workspace, pipelineId, update.update_id),
	};
}

/** The item of an update whose end is not waited for. */
export function startedItem(
	workspace: Workspace,
	pipeline: Pipeline,
	update: PipelineUpdate,
): IDataObject {
	return {
		...updateFacts(workspace, pipeline.pipeline_id, update),
		pipeline_name: pipeline.name ?? null,
	};
}

/**
 * The item of an update that has run: what its events say beside it, about times, about the rows of
 * each table, and how many records met each expectation. `events` are the newest first.
 */
export function endedItem(
	workspace: Workspace,
	pipeline: Pipeline,
	update: PipelineUpdate,
	events: readonly PipelineEvent[],
): IDataObject {
	return {
		...startedItem(workspace, pipeline, update),
		...times(events),
		...quality(qualityOf(events)),
	};
}

const terminal = ['COMPLETED', 'FAILED', 'CANCELED'];

/** When the update began to run its flows, and when it ended. */
function times(events: readonly PipelineEvent[]): IDataObject {
	const progress = events.filter(({ event_type }) => event_type === 'update_progress');
	const at = (states: readonly string[]) =>
		progress.findLast(({ details }) => states.includes(details?.update_progress?.state ?? ''))
			?.timestamp;
	const started = at(['RUNNING']);
	const ended = at(terminal);
	const ms =
		started === undefined || ended === undefined
			? Number.NaN
			: Date.parse(ended) - Date.parse(started);
	return {
		start_time: started ?? null,
		end_time: ended ?? null,
		duration_seconds: Number.isNaN(ms) ? null : ms / 1_000,
	};
}

function quality(datasets: readonly DatasetResult[]): IDataObject {
	return {
		...checked(datasets.flatMap((dataset) => dataset.expectations)),
		worst: worstOf(datasets),
		dropped_records: sum(datasets.map((dataset) => dataset.droppedRecords)),
		output_rows: sum(datasets.map((dataset) => dataset.outputRows)),
		tables: datasets.map(tableItem),
	};
}

function tableItem(dataset: DatasetResult): IDataObject {
	return {
		table: dataset.dataset,
		status: dataset.status ?? null,
		output_rows: dataset.outputRows,
		upserted_rows: dataset.upsertedRows,
		deleted_rows: dataset.deletedRows,
		dropped_records: dataset.droppedRecords,
		...checked(dataset.expectations),
		expectations: dataset.expectations.map((expectation) => ({
			name: expectation.name,
			action: expectation.action ?? null,
			...checked([expectation]),
		})),
	};
}

/** The expectation that the smallest share of records met; null when nothing was checked. */
function worstOf(datasets: readonly DatasetResult[]): IDataObject | null {
	const [worst] = datasets
		.flatMap(({ dataset, expectations }) =>
			expectations
				.filter(({ passedRecords, failedRecords }) => passedRecords + failedRecords > 0)
				.map((expectation) => ({ dataset, expectation })),
		)
		.sort((a, b) => a.expectation.passRate - b.expectation.passRate);
	if (worst === undefined) return null;
	const { dataset, expectation } = worst;
	return { table: dataset, expectation: expectation.name, ...checked([expectation]) };
}

/**
 * How often expectations were met, over all their checks. `passRate` is a share from 0 to 1, and null
 * when nothing was checked, because an update without new rows is neither good nor bad.
 */
function checked(expectations: readonly ExpectationResult[]): IDataObject {
	const passed = sum(expectations.map((expectation) => expectation.passedRecords));
	const failed = sum(expectations.map((expectation) => expectation.failedRecords));
	const total = passed + failed;
	return {
		passed_records: passed,
		failed_records: failed,
		passRate: total === 0 ? null : passed / total,
	};
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
