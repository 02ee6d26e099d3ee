import type { ILoadOptionsFunctions, ResourceMapperFields } from 'n8n-workflow';
import { getJob } from '../../databricks/jobs/jobs';
import { loadInEditor } from '../../n8n/locators';
import { jobIdOf } from '../../n8n/jobLocator';

/** The parameters that the chosen job declares, with their defaults, as fields of the editor. */
export async function mapJobParameters(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await loadInEditor(this, async (workspace, parameters) => {
		const job = parameters.optionalLocator('job');
		if (job === undefined) return { fields: [] };
		const { settings } = await getJob(workspace, await jobIdOf(workspace, job));
		const fields = (settings.parameters ?? []).map((parameter) => ({
			id: parameter.name,
			displayName: parameter.name,
			type: 'string' as const,
			defaultMatch: false,
			required: false,
			display: true,
			defaultValue: parameter.default ?? '',
		}));
		return { fields };
	});
}
