import { runSchema } from '../../nodes/databricks/jobs/jobRunState';
import { progressOf } from '../../nodes/RunJob/progress';

const state = (life_cycle_state: string, result_state?: string) => ({
	life_cycle_state,
	result_state,
});
const task = (task_key: string, at: object, attempt_number = 0) => ({
	run_id: 2,
	task_key,
	attempt_number,
	state: at,
});
const run = (at: object, ...tasks: object[]) =>
	runSchema.parse({ run_id: 1, run_name: 'close', state: at, tasks });

function told(mode: 'manual' | 'trigger') {
	const lines: unknown[] = [];
	const tell = progressOf({
		getMode: () => mode,
		sendMessageToUI: (...line: unknown[]) => lines.push(...line),
	});
	tell?.(run(state('PENDING'), task('a', state('PENDING')), task('b', state('BLOCKED'))));
	tell?.(run(state('RUNNING'), task('a', state('RUNNING')), task('b', state('BLOCKED'))));
	tell?.(run(state('RUNNING'), task('a', state('RUNNING'), 1), task('b', state('BLOCKED'))));
	tell?.(
		run(
			state('INTERNAL_ERROR', 'FAILED'),
			task('a', state('TERMINATED', 'FAILED'), 1),
			task('b', state('SKIPPED', 'UPSTREAM_FAILED')),
		),
	);
	return lines;
}

test('the editor gets a line for each change: started, retried, ended', () => {
	expect(told('manual')).toEqual([
		'close 1: PENDING',
		'close 1: task a is PENDING',
		'close 1: task b is BLOCKED',
		'close 1: RUNNING',
		'close 1: task a is RUNNING',
		'close 1: task a (attempt 2) is RUNNING',
		'close 1: task a (attempt 2) ended as FAILED',
		'close 1: task b ended as UPSTREAM_FAILED',
		'close 1: FAILED',
	]);
});

test('outside of the editor nobody is told', () => {
	expect(told('trigger')).toEqual([]);
});
