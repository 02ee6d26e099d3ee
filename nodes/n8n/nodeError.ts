import {
	type IDataObject,
	type INode,
	type INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { DatabricksError } from '../databricks/errors';
import { rowItem } from './rowItem';

export type NodeFailure = NodeApiError | NodeOperationError;

/**
 * What is known about an error, by the names that Databricks uses. These fields stand in the item of
 * 'Continue On Fail' and in the context of a thrown error.
 */
export function fieldsOf(error: DatabricksError): IDataObject {
	const { ids } = error;
	const fields = {
		error_code: error.errorCode,
		sql_state: error.sqlState,
		http_status: error.status,
		job_id: ids.jobId,
		run_id: ids.runId,
		task_key: ids.taskKey,
		task_run_id: ids.taskRunId,
		pipeline_id: ids.pipelineId,
		update_id: ids.updateId,
		statement_id: ids.statementId,
		page_url: ids.pageUrl,
		run_page_url: ids.runId === undefined ? undefined : ids.pageUrl,
		error_trace: error.trace,
		request_id: error.requestId,
	};
	const known = Object.entries({ ...fields, ...error.facts });
	return rowItem(Object.fromEntries(known.filter(([, value]) => value !== undefined)));
}

/**
 * The one translation into n8n's errors: the message says what happened, the description what to do
 * and where to look. n8n records an execution as stopped by hand when a message holds the American
 * spelling of "cancelled", so texts of Databricks are re-spelled.
 */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeFailure {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (!(error instanceof DatabricksError)) {
		const cause = error instanceof Error ? error : new Error(String(error));
		return new NodeOperationError(node, cause, { itemIndex });
	}
	const message = spelled(error.message);
	const description = descriptionOf(error, linkTo);
	const failure = failureOf(error);
	const failed =
		error.status === undefined
			? new NodeOperationError(node, message, { description, itemIndex, failure })
			: new NodeApiError(
					node,
					{ message },
					{ message, description, httpCode: String(error.status), itemIndex, failure },
				);
	// The constructors replace messages that hold a code such as ECONNREFUSED with a general one.
	failed.message = message;
	Object.assign(failed.context, fieldsOf(error));
	return failed;
}

/**
 * The item that stands for a failed item when the node goes on. `error` and `message` are the text,
 * `details` the fields; n8n sends an item to the error output only when it has nothing but these three.
 * On the regular output the fields stand beside them, too.
 */
export function errorItem(node: INode, error: unknown, item: number): INodeExecutionData {
	const { message, description: shown } = toNodeError(node, error, item);
	const isKnown = error instanceof DatabricksError;
	const description = isKnown ? descriptionOf(error, (url) => url) : shown;
	const known = isKnown ? fieldsOf(error) : {};
	const details = { description: description ?? null, ...known };
	const isErrorOutput = node.onError === 'continueErrorOutput';
	return {
		json: { ...(isErrorOutput ? {} : details), error: message, message, details },
		pairedItem: { item },
	};
}

/** What to do, the code, and where to look: a long address would run out of n8n's panel in between. */
function descriptionOf(error: DatabricksError, page: (url: string) => string): string | undefined {
	const { pageUrl } = error.ids;
	const details = pageUrl === undefined ? undefined : `Details: ${page(pageUrl)}`;
	const code = [error.errorCode, error.sqlState && `SQLSTATE ${error.sqlState}`].filter(Boolean);
	const parts = [error.hint, code.length > 0 ? `Code: ${code.join(', ')}` : undefined, details];
	const text = parts.filter((part) => part !== undefined).join('\n');
	return text === '' ? undefined : spelled(text);
}

/** n8n's error panel shows descriptions as HTML, and does not break a long address. */
function linkTo(url: string): string {
	if (!/^https?:\/\/[^"<>\s]+$/i.test(url)) return url;
	return `<a href="${url.replaceAll('&', '&amp;')}" target="_blank">Open in Databricks</a>`;
}

/** What n8n needs to know to wait with a polling trigger, or to ask somebody to act. */
function failureOf(error: DatabricksError) {
	const { retryAfterMs } = error;
	if (error.kind === 'tooManyRequests') return { cause: 'rate-limited', retryAfterMs } as const;
	if (error.kind === 'unavailable')
		return { cause: 'temporarily-unavailable', retryAfterMs } as const;
	if (error.kind === 'unauthenticated') return { cause: 'credential-invalid' } as const;
	return undefined;
}

function spelled(text: string): string {
	return text.replaceAll('canceled', 'cancelled');
}
