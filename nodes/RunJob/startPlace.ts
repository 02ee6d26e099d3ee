import type { IExecuteFunctions } from 'n8n-workflow';
import type { ItemWork } from './operation';
import type { StartKey } from './startOnce';

/** The key of a start, and what to remember when its run did not succeed. */
export interface StartPlace {
	key: StartKey;
	onFailure: () => void;
}

/** A key that the user gave, or the place in the execution. */
export function startPlaceOf(work: ItemWork, userKey: string | undefined): StartPlace {
	if (userKey !== undefined) {
		return {
			key: { parts: ['key', userKey], attempt: 1, shared: true },
			onFailure: () => undefined,
		};
	}
	const { context, item } = work;
	const attempts = attemptsOf(context, item);
	return {
		key: {
			parts: ['execution', ...placeOf(context, item)],
			attempt: attempts.current,
			shared: context.getMode() === 'retry',
		},
		onFailure: attempts.next,
	};
}

/**
 * Where in which execution a run is started. The token in the resume URL belongs to one execution and
 * stays the same when n8n runs it again, after a crash or by 'Retry', under a number of its own; an n8n
 * without it has the number only.
 */
function placeOf(context: IExecuteFunctions, item: number): string[] {
	const resumeUrl = String(context.evaluateExpression('{{ $execution.resumeUrl }}', item));
	const [, token] = resumeUrl.split('?');
	return [
		token ?? `${resumeUrl} ${context.getExecutionId()}`,
		String(context.getWorkflow().id),
		context.getNode().id,
		runIndexOf(context, item),
		String(item),
	];
}

/**
 * Which attempt of this place it is. n8n's 'Retry On Fail' runs the node again in the same execution:
 * after a run that is known to have failed the retry starts a new one, in every other case it leads
 * to the run that is there. The count lives in the data of the execution.
 */
function attemptsOf(context: IExecuteFunctions, item: number) {
	const memory = context.getContext('node');
	const key = `attempt ${runIndexOf(context, item)} ${item}`;
	const current = Number(memory[key] ?? 1);
	const next = () => {
		memory[key] = current + 1;
	};
	return { current, next };
}

function runIndexOf(context: IExecuteFunctions, item: number): string {
	return String(context.evaluateExpression('{{ $runIndex }}', item));
}
