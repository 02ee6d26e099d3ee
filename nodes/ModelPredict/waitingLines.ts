import type { IExecuteFunctions } from 'n8n-workflow';
import { pause } from '../databricks/attempts';
import { noRetry } from '../databricks/retry';
import { readOrNothing } from '../databricks/serving/modelColumns';
import { getEndpoint } from '../databricks/serving/serving';
import type { ServingEndpoint } from '../databricks/serving/servingEndpoint';
import type { Workspace } from '../databricks/workspace';
import { settled } from '../n8n/perItem';

/** An answer that takes longer than this is waited for with lines in the editor. */
const firstLookMs = 1_000;
const betweenLooksMs = 5_000;

/**
 * While the first answer is awaited, tells the editor what the endpoint says of itself, a line when that
 * changes. Undefined outside of the editor, where nobody looks. What it gives never rejects and ends with
 * the answer.
 */
export function tellWhileWaiting(
	context: Pick<IExecuteFunctions, 'getMode' | 'sendMessageToUI'>,
	workspace: Workspace,
	name: string,
): ((answer: Promise<unknown>) => Promise<void>) | undefined {
	if (context.getMode() !== 'manual') return undefined;
	return async (answer) => {
		const { clock } = workspace;
		const over = new AbortController();
		const startedMs = clock.now();
		const seconds = () => Math.round((clock.now() - startedMs) / 1_000);
		let told = '';
		const look = async (): Promise<void> => {
			for (let pauseMs = firstLookMs; ; pauseMs = betweenLooksMs) {
				await pause(clock, pauseMs, over.signal);
				const other = workspace.forSignal(over.signal);
				const options = { timeoutMs: 10_000, retry: noRetry };
				const endpoint = await readOrNothing(getEndpoint(other, name, options));
				const line = endpoint === undefined ? 'is not answering yet' : stateLine(endpoint);
				if (line !== told) context.sendMessageToUI(`${name} ${line} (${seconds()} s)`);
				told = line;
			}
		};
		const looking = settled(look());
		const outcome = await settled(answer);
		over.abort();
		await looking;
		if (told !== '' && outcome.ok) {
			context.sendMessageToUI(`${name} answered after ${seconds()} s`);
		}
	};
}

/** In the words of Databricks, which are the only ones that say what it is at. */
function stateLine({ state, config }: ServingEndpoint): string {
	const models = (config?.served_entities ?? []).map(({ name = 'model', state: own }) => {
		const message = own?.deployment_state_message ?? '';
		return `${name} ${message === '' ? (own?.deployment ?? 'in an unknown state') : message}`;
	});
	const updating = state?.config_update === 'IN_PROGRESS' ? ', is being updated' : '';
	return `is ${state?.ready ?? 'in an unknown state'}${updating}: ${models.join(', ')}`;
}
