import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { copyStatement } from '../databricks/sql/copyInto';
import type { Workspace } from '../databricks/workspace';
import { errorItem } from '../n8n/nodeError';
import type { Parameters } from '../n8n/parameters';
import { parametersOf, settled } from '../n8n/perItem';
import { rowItems } from './executeQuery';
import { type CopyTask, readCopyTasks } from './copyRequest';
import { eachItem } from './outputItems';
import { readRunSettings, type RunSettings } from './runSettings';
import { run, Session } from './session';
import { changeItem } from './statementDetails';

/** 'Copy Into': files of a volume into a table, for each item, with a result for each file. */
export async function copyFiles(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const session = new Session(context);
	return await eachItem(context, false, async (item) => {
		const parameters = parametersOf(context, item);
		const settings = readRunSettings(parameters);
		const workspace = await session.workspace(parameters);
		const tasks = await readCopyTasks(workspace, parameters);
		if (tasks.length === 0) return [noFiles(context, parameters)];
		const warehouseId = await session.warehouseId(parameters, settings);
		const made: INodeExecutionData[] = [];
		const loaded = { files: 0, rows: 0 };
		for (const task of tasks) {
			const outcome = await settled(copied(workspace, task, warehouseId, settings));
			if (outcome.ok) {
				made.push({ json: outcome.value });
				loaded.files++;
				loaded.rows += Number(outcome.value.rows_affected ?? 0);
				continue;
			}
			const error = explained(outcome.error, task, tasks.length > 1 ? loaded : undefined);
			// Only what is wrong with a file leaves the others as they are.
			const isOfFile = error instanceof DatabricksError && error.kind === 'failed';
			if (!context.continueOnFail() || tasks.length === 1) throw error;
			made.push(errorItem(context.getNode(), error, item));
			if (!isOfFile) break;
		}
		return made;
	});
}

/** The item of a folder in which there is nothing to load. */
function noFiles(context: IExecuteFunctions, parameters: Parameters): INodeExecutionData {
	const path = parameters.text('path').trim();
	const pattern = parameters.text('which') === 'pattern' ? parameters.text('pattern').trim() : '';
	const what = pattern === '' ? 'no files' : `no files whose names fit ${pattern}`;
	context.addExecutionHints({
		message: `There are ${what} in ${path}, so nothing was loaded.`,
		location: 'outputPane',
	});
	return { json: { path, file_count: 0, rows_affected: 0 } };
}

/** The item of one statement: its counters, or what a validation showed. */
async function copied(
	workspace: Workspace,
	{ path, request }: CopyTask,
	warehouseId: string,
	settings: RunSettings,
): Promise<IDataObject> {
	const ended = await run(workspace, { statement: copyStatement(request), warehouseId }, settings);
	if (!request.validates) return { path, ...(await changeItem(workspace, ended)) };
	const rows = await rowItems(workspace, ended, { typing: {}, chunksInFlight: 1 });
	return {
		path,
		is_valid: true,
		rows: rows.map(({ json }) => json),
		statement_id: ended.statement.statement_id,
		duration_ms: ended.durationMs,
	};
}

/** The error with its file, what is loaded for certain, and what a repeat would do. */
function explained(
	error: unknown,
	{ path, request }: CopyTask,
	loaded: { files: number; rows: number } | undefined,
): unknown {
	if (!(error instanceof DatabricksError)) return error;
	const before =
		loaded === undefined || request.validates
			? ''
			: ` Before it, ${counted(loaded.rows, 'row')} of ${counted(loaded.files, 'file')} ${loaded.rows === 1 ? 'was' : 'were'} loaded for certain.`;
	const isKnownToRepeat = error.outcomeUnknown && request.copyOptions.force === undefined;
	return error.with({
		message: `${path}: ${error.message}${before}`,
		facts: { ...error.facts, path },
		...(isKnownToRepeat
			? { hint: 'Run it again: files that were loaded are left out, so that no row comes twice.' }
			: {}),
	});
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
