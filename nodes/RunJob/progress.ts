import type { IExecuteFunctions } from 'n8n-workflow';
import { isTerminal, type JobRun, resultOf } from '../databricks/jobs/jobRunState';

/** Tells the editor a line per change of a run and of its tasks; nothing outside of the editor. */
export function progressOf(
	context: Pick<IExecuteFunctions, 'getMode' | 'sendMessageToUI'>,
): ((run: JobRun) => void) | undefined {
	if (context.getMode() !== 'manual') return undefined;
	let known = new Map<string, string>();
	return (run) => {
		const lines = linesOf(run);
		for (const [what, line] of lines) {
			if (known.get(what) !== line) context.sendMessageToUI(line);
		}
		known = lines;
	};
}

/** A line for the run and for each task, by what it is about; the end of the run stands last. */
function linesOf(run: JobRun): Map<string, string> {
	const name = run.run_name === undefined ? `Run ${run.run_id}` : `${run.run_name} ${run.run_id}`;
	const ofRun: [string, string] = ['', `${name}: ${resultOf(run)}`];
	const ofTasks = run.tasks.map((task): [string, string] => {
		const attempt = task.attempt_number > 0 ? ` (attempt ${task.attempt_number + 1})` : '';
		const verb = isTerminal(task) ? 'ended as' : 'is';
		return [task.task_key, `${name}: task ${task.task_key}${attempt} ${verb} ${resultOf(task)}`];
	});
	return new Map(isTerminal(run) ? [...ofTasks, ofRun] : [ofRun, ...ofTasks]);
}
