import { invalidParameter } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { resolveReferences } from './references';
import type { Run } from './run';

/**
 * The parameters that the job of a run declares, with what was given for them, else their defaults.
 * Throws ApiError 400 for a parameter that the job does not declare.
 */
export function parametersOf(
	workspace: LocalWorkspace,
	run: Run,
	given: Readonly<Record<string, string>>,
): Run['parameters'] {
	const declared = run.settings.parameters ?? [];
	for (const name of Object.keys(given)) {
		if (declared.some((parameter) => parameter.name === name)) continue;
		throw invalidParameter(`Job parameter ${name} is not declared by job ${run.jobId}.`);
	}
	return declared.map(({ name, default: byDefault = '' }) => {
		try {
			const value = resolveReferences(given[name] ?? byDefault, workspace, run);
			return { name, default: byDefault, value };
		} catch (error) {
			throw invalidParameter(error instanceof Error ? error.message : String(error));
		}
	});
}
