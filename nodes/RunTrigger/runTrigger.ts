import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { inGroups } from '../databricks/inGroups';
import { standardRetry } from '../databricks/retry';
import type { Workspace } from '../databricks/workspace';
import { connect } from '../n8n/authentication';
import { jobIdOf } from '../n8n/jobLocator';
import { toNodeError } from '../n8n/nodeError';
import { Parameters } from '../n8n/parameters';
import { settled } from '../n8n/perItem';
import { pipelineIdOf } from '../n8n/pipelineLocator';
import { readRunTrigger, type RunTriggerRequest } from './fields';
import { jobSource } from './jobSource';
import { pipelineSource } from './pipelineSource';
import type { Selection, Source } from './source';
import {
	type EventKind,
	type Found,
	isKnownEnd,
	lookFromMs,
	openIds,
	readMemory,
	type Sighting,
	stepOf,
} from './step';

/** n8n's own default where it does not say how long a poll may take. */
const usualBudgetMs = 30_000;
/** How many runs are looked through for an example. */
const mostSampled = 500;

/** One poll: the events since the last one, or nothing. */
export async function pollRuns(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	const outcome = await settled(poll(context));
	if (!outcome.ok) throw toNodeError(context.getNode(), outcome.error);
	if (outcome.value.length === 0) return null;
	return [outcome.value.map((json): INodeExecutionData => ({ json }))];
}

async function poll(context: IPollFunctions): Promise<IDataObject[]> {
	const parameters = new Parameters((name, fallback, options) =>
		context.getNodeParameter(name, fallback, options),
	);
	const request = readRunTrigger(parameters);
	const budgetMs = context.getPollBudgetMs?.() ?? usualBudgetMs;
	const retry = { ...standardRetry, retryForMs: Math.min(standardRetry.retryForMs, budgetMs / 2) };
	const workspace = await connect(context, parameters.text('authentication'), { retry });
	const selection = await selectionOf(workspace, request);
	const deadlineMs = workspace.clock.now() + budgetMs;
	const source =
		request.watch === 'jobs'
			? jobSource(workspace, selection, deadlineMs)
			: pipelineSource(workspace, selection);
	if (context.getMode() === 'manual') return await sample(source, request);

	const memory = context.getWorkflowStaticData('node');
	const before = readMemory(memory.runs);
	const options = {
		...request,
		selection: JSON.stringify([workspace.host, request.watch, selection]),
		nowMs: workspace.clock.now(),
	};
	const sightings = await source.look({
		fromMs: lookFromMs(before, options),
		openIds: openIds(before, options.selection),
		isKnownEnd: (id, endMs) => isKnownEnd(before, id, endMs),
	});
	const step = stepOf(before, sightings, options);
	const items = await inGroups(step.found, source.itemOf);
	// Polls are not locked against each other: of two that see the same runs one hands them over.
	if (JSON.stringify(readMemory(memory.runs)) !== JSON.stringify(before)) return [];
	memory.runs = step.memory;
	return items;
}

async function selectionOf(workspace: Workspace, request: RunTriggerRequest): Promise<Selection> {
	const { watch, one, ids, namePattern, tag } = request;
	if (one === undefined) return { ids, namePattern, tag };
	const idOf = watch === 'jobs' ? jobIdOf : pipelineIdOf;
	return { ids: [await idOf(workspace, one)] };
}

/** For a test of the workflow in the editor: the newest real event; nothing is remembered. */
async function sample(source: Source, request: RunTriggerRequest): Promise<IDataObject[]> {
	let left = mostSampled;
	for await (const sighting of source.newest()) {
		const kind = exampleOf(sighting, request);
		if (kind !== undefined) return [await source.itemOf({ kind, sighting } satisfies Found)];
		if (--left === 0) break;
	}
	return [];
}

function exampleOf(sighting: Sighting, request: RunTriggerRequest): EventKind | undefined {
	const { state, startMs, endMs } = sighting;
	const { kinds, longMs } = request;
	if (state !== 'waiting' && state !== 'running' && kinds.has(state)) return state;
	const isLong = longMs !== undefined && endMs !== undefined && endMs - startMs >= longMs;
	if (isLong) return 'long';
	return kinds.has('started') && state !== 'waiting' && state !== 'skipped' ? 'started' : undefined;
}
