import { DatabricksError } from '../databricks/errors';
import { inGroups } from '../databricks/inGroups';
import { failureOf } from '../databricks/pipelines/pipelineFailure';
import {
	getPipeline,
	getUpdate,
	listPipelines,
	listUpdates,
	outcomeOf,
	type Pipeline,
	type PipelineUpdate,
	updatePageUrl,
} from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';
import { causeItem, fitsPattern, hasTag, type Look, type Selection, type Source } from './source';
import type { Found, Sighting } from './step';

/** Updates of pipelines. Ids are `<pipeline>:<update>`, because an update is read by both. */
export function pipelineSource(workspace: Workspace, selection: Selection): Source {
	const seen = new Map<string, { pipeline: Pick<Pipeline, 'name'>; update: PipelineUpdate }>();

	async function look({ fromMs, openIds }: Look): Promise<Sighting[]> {
		seen.clear();
		const pipelines = await watchedPipelines(workspace, selection);
		await inGroups(pipelines, async (pipeline) => {
			for await (const update of listUpdates(workspace, pipeline.pipeline_id)) {
				if (Number(update.creation_time) < fromMs) break;
				seen.set(idOf(pipeline.pipeline_id, update), { pipeline, update });
			}
		});
		const names = new Map(pipelines.map((each) => [each.pipeline_id, each]));
		const missing = openIds.filter((id) => !seen.has(id));
		await inGroups(missing, async (id) => {
			const [pipelineId = '', updateId = ''] = id.split(':');
			const update = await getUpdate(workspace, pipelineId, updateId).catch(goneOr);
			const pipeline = names.get(pipelineId) ?? {};
			if (update !== undefined) seen.set(id, { pipeline, update });
		});
		return [...seen].map(([id, { update }]) => sightingOf(id, update));
	}

	async function* newest() {
		for (const pipeline of await watchedPipelines(workspace, selection)) {
			for await (const update of listUpdates(workspace, pipeline.pipeline_id)) {
				const id = idOf(pipeline.pipeline_id, update);
				seen.set(id, { pipeline, update });
				yield sightingOf(id, update);
			}
		}
	}

	async function itemOf({ kind, sighting }: Found) {
		const known = seen.get(sighting.id);
		const [pipelineId = '', updateId = ''] = sighting.id.split(':');
		const update = known?.update ?? (await getUpdate(workspace, pipelineId, updateId));
		const isFailure = ['failed', 'cancelled'].includes(outcomeOf(update)) && kind !== 'started';
		const cause = isFailure
			? await causeItem(async () => await failureOf(workspace, pipelineId, update))
			: {};
		return {
			event: kind,
			pipeline_id: pipelineId,
			pipeline_name: known?.pipeline.name ?? null,
			update_id: updateId,
			state: update.state,
			outcome: outcomeOf(update),
			cause: update.cause ?? null,
			full_refresh: update.full_refresh ?? null,
			creation_time: new Date(sighting.startMs).toISOString(),
			update_page_url: updatePageUrl(workspace, pipelineId, updateId),
			...cause,
		};
	}

	return { look, newest, itemOf };
}

async function watchedPipelines(
	workspace: Workspace,
	{ ids, namePattern, tag }: Selection,
): Promise<Pick<Pipeline, 'pipeline_id' | 'name'>[]> {
	if (ids !== undefined) return ids.map((pipeline_id) => ({ pipeline_id }));
	const named: Pipeline[] = [];
	for await (const pipeline of listPipelines(workspace)) {
		if (namePattern === undefined || fitsPattern(pipeline.name ?? '', namePattern)) {
			named.push(pipeline);
		}
	}
	if (tag === undefined) return named;
	// The list does not have the tags.
	const whole = await inGroups(named, async (pipeline) => {
		const { spec } = await getPipeline(workspace, pipeline.pipeline_id);
		return hasTag(tagsOf(spec), tag) ? [pipeline] : [];
	});
	return whole.flat();
}

function tagsOf(spec: unknown): Record<string, unknown> {
	const hasTags = typeof spec === 'object' && spec !== null && 'tags' in spec;
	return hasTags && typeof spec.tags === 'object' ? { ...spec.tags } : {};
}

async function goneOr(error: unknown): Promise<undefined> {
	const isGone = error instanceof DatabricksError && error.kind === 'notFound';
	return isGone ? undefined : await Promise.reject<undefined>(error);
}

function idOf(pipelineId: string, update: PipelineUpdate): string {
	return `${pipelineId}:${update.update_id}`;
}

function sightingOf(id: string, update: PipelineUpdate): Sighting {
	const outcome = outcomeOf(update);
	const isWaiting = ['QUEUED', 'CREATED', 'WAITING_FOR_RESOURCES'].includes(update.state);
	const state = outcome === 'pending' ? (isWaiting ? 'waiting' : 'running') : outcome;
	return { id, episode: 'original', startMs: Number(update.creation_time ?? 0), state };
}
