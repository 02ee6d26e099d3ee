import type { INodeProperties } from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { collect } from '../databricks/paging';
import { listUpdates } from '../databricks/pipelines/pipelines';
import type { Workspace } from '../databricks/workspace';
import type { Parameters } from '../n8n/parameters';

/** Which update an operation is about; empty for the newest. */
export const updateIdField: INodeProperties = {
	displayName: 'Update ID',
	name: 'updateId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 01234567-89ab-cdef-0123-456789abcdef',
	description: 'The ID of the update. When empty, the newest update of the pipeline is taken.',
};

/** The ID in the field, or that of the newest update. Throws DatabricksError (notFound). */
export async function chosenUpdateId(
	workspace: Workspace,
	pipelineId: string,
	parameters: Parameters,
): Promise<string> {
	const given = parameters.optionalText('updateId');
	if (given !== undefined) return given;
	const newest = await newestUpdateId(workspace, pipelineId);
	if (newest !== undefined) return newest;
	throw new DatabricksError({
		kind: 'notFound',
		message: 'The pipeline has had no update yet.',
		hint: "Start one with 'Run Update'.",
		ids: { pipelineId },
	});
}

/** Undefined when the pipeline has had no update yet. */
export async function newestUpdateId(
	workspace: Workspace,
	pipelineId: string,
): Promise<string | undefined> {
	const [newest] = await collect(listUpdates(workspace, pipelineId, 1), 1);
	return newest?.update_id;
}
