import { parseJson, writeJson } from '../ids';
import type { TaskRun } from './run';
import { TaskFailure, type TaskExecutor } from './task';

/**
 * Runs its nested task once for each element of a JSON array, `concurrency` of them at a time, one
 * after the other unless told. All elements are worked on; the task fails when one of them did.
 */
export const runForEachTask: TaskExecutor = async ({ task, resolve, iterate, signal }) => {
	const { for_each_task: settings } = task;
	if (settings === undefined) throw new TaskFailure('for_each_task is missing.');
	const iterations = iterate(settings.task, inputsIn(resolve(settings.inputs)));
	const ended: TaskRun[] = [];
	const waiting = iterations.values();
	const work = async () => {
		for (const begin of waiting) ended.push(await begin());
	};
	await Promise.all(Array.from({ length: settings.concurrency ?? 1 }, work));
	signal.throwIfAborted();
	const failed = ended.filter(({ result }) => result !== 'SUCCESS');
	if (failed.length === 0) return {};
	throw new TaskFailure(`${failed.length} of ${ended.length} iterations did not succeed.`);
};

/** The elements of the array, each as JSON. */
function inputsIn(text: string): string[] {
	let value: unknown;
	try {
		value = parseJson(text);
	} catch {
		throw new TaskFailure(`The inputs of the for_each_task are not JSON: ${text.slice(0, 200)}`);
	}
	if (Array.isArray(value)) return value.map((element) => writeJson(element));
	throw new TaskFailure(`The inputs of the for_each_task are no array: ${text.slice(0, 200)}`);
}
