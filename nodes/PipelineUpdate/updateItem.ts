import type { IDataObject } from 'n8n-workflow';
import type { DatasetResult, ExpectationResult } from '../databricks/pipelineEvents';
import { type Pipeline, type PipelineUpdate, updatePageUrl } from '../databricks/pipelines';
import type { Workspace } from '../databricks/workspace';

/**
 * The item of an update. With the results of its datasets it tells, per table, how many rows were
 * written and dropped and how many met each expectation; without them (not waited for) it does not.
 */
export function updateItem(
	workspace: Workspace,
	pipeline: Pipeline,
	update: PipelineUpdate,
	joined: boolean,
	datasets?: readonly DatasetResult[],
): IDataObject {
	const pipelineId = pipeline.pipeline_id;
	return {
		pipeline_id: pipelineId,
		pipeline_name: pipeline.name ?? null,
		update_id: update.update_id,
		state: update.state,
		cause: update.cause ?? null,
		joined,
		full_refresh: update.full_refresh ?? false,
		creation_time: isoTime(update.creation_time),
		update_page_url: updatePageUrl(workspace, pipelineId, update.update_id),
		...(datasets === undefined ? {} : quality(datasets)),
	};
}

function quality(datasets: readonly DatasetResult[]): IDataObject {
	return {
		...checked(datasets.flatMap((dataset) => dataset.expectations)),
		dropped_records: sum(datasets.map((dataset) => dataset.droppedRecords)),
		output_rows: sum(datasets.map((dataset) => dataset.outputRows)),
		tables: datasets.map(tableItem),
	};
}

function tableItem(dataset: DatasetResult): IDataObject {
	return {
		table: dataset.dataset,
		output_rows: dataset.outputRows,
		upserted_rows: dataset.upsertedRows,
		deleted_rows: dataset.deletedRows,
		dropped_records: dataset.droppedRecords,
		...checked(dataset.expectations),
		expectations: dataset.expectations.map((expectation) => ({
			name: expectation.name,
			...checked([expectation]),
		})),
	};
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

function isoTime(time: number | string | undefined): string | null {
	return time === undefined ? null : new Date(time).toISOString();
}
