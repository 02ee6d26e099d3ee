import { invalidParameter } from '../apiError';
import type { TaskSettings } from './settings';

/**
 * The tasks that `only` of run-now names: a key, with `+` before it for everything upstream and
 * after it for everything downstream. In the job's order. Throws ApiError 400 for unknown keys.
 */
export function selectedTasks(tasks: readonly TaskSettings[], only: readonly string[]): string[] {
	const keys = tasks.map((task) => task.task_key);
	if (only.length === 0) return keys;
	const upstream = new Map(
		tasks.map((task) => [task.task_key, (task.depends_on ?? []).map((on) => on.task_key)]),
	);
	const downstream = new Map(
		keys.map((key) => [key, keys.filter((other) => upstream.get(other)?.includes(key))]),
	);
	const chosen = new Set<string>();
	for (const item of only) {
		const key = item.replace(/^\+|\+$/g, '');
		if (!upstream.has(key))
			throw invalidParameter(`Task ${key} of only does not exist in the job.`);
		chosen.add(key);
		if (item.startsWith('+')) for (const other of reachable(key, upstream)) chosen.add(other);
		if (item.endsWith('+')) for (const other of reachable(key, downstream)) chosen.add(other);
	}
	return keys.filter((key) => chosen.has(key));
}

/** Everything that can be reached from `start`, without it. */
export function reachable(
	start: string,
	edges: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
	const found = new Set<string>();
	const waiting = [...(edges.get(start) ?? [])];
	for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
		if (found.has(key)) continue;
		found.add(key);
		waiting.push(...(edges.get(key) ?? []));
	}
	return found;
}
