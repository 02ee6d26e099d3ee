import { TaskFailure, type TaskExecutor } from './task';

/** Compares two texts or numbers; the outcome decides which dependents run. */
export const runConditionTask: TaskExecutor = ({ task, resolve }) => {
	const { condition_task: condition } = task;
	if (condition === undefined) throw new TaskFailure('condition_task is missing.');
	const { op } = condition;
	const [left, right] = [resolve(condition.left), resolve(condition.right)];
	return Promise.resolve({ outcome: holds(op, left, right) ? 'true' : 'false' });
};

function holds(op: string, left: string, right: string): boolean {
	if (op === 'EQUAL_TO') return left === right;
	if (op === 'NOT_EQUAL') return left !== right;
	const [a, b] = [numberIn(left), numberIn(right)];
	if (op === 'GREATER_THAN') return a > b;
	if (op === 'GREATER_THAN_OR_EQUAL') return a >= b;
	if (op === 'LESS_THAN') return a < b;
	return a <= b;
}

function numberIn(text: string): number {
	const number = Number(text);
	if (text.trim() !== '' && Number.isFinite(number)) return number;
	throw new TaskFailure(`Cannot compare '${text}': it is not a number.`);
}
