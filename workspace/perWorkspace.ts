import type { LocalWorkspace } from './localWorkspace';

/**
 * One instance of a service for each workspace, made when first asked for:
 * `export const jobsOf = perWorkspace((workspace) => new JobService(workspace));`
 */
export function perWorkspace<Service>(
	create: (workspace: LocalWorkspace) => Service,
): (workspace: LocalWorkspace) => Service {
	const instances = new WeakMap<LocalWorkspace, Service>();
	return (workspace) => {
		const existing = instances.get(workspace);
		if (existing !== undefined) return existing;
		const created = create(workspace);
		instances.set(workspace, created);
		return created;
	};
}
