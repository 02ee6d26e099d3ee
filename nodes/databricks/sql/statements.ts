import { DatabricksError, isGivenUp } from '../errors';
import { path } from '../paths';
import { patientRetry, type Repeat } from '../retry';
import { parseStatementAnswer } from './inlineRows';
import {
	failureOf,
	isInlineLimit,
	isLost,
	outcomeOf,
	type ResultData,
	resultDataSchema,
	type Statement,
	statementSchema,
} from './statementState';
import { onlyReads } from './statementText';
import { cancelWhenGivenUp, durationText, lastReadMs, waitUntil } from '../waiting';
import type { Workspace } from '../workspace';

export interface StatementParameter {
	/** Without the colon of its marker. */
	name: string;
	/** Text in the form that `CAST(… AS type)` takes; null or left out is SQL NULL. */
	value?: string | null;
	/** `STRING` (default), `INT`, `DECIMAL(18,2)`, `DATE` … */
	type?: string;
}

export interface StatementRequest {
	warehouseId: string;
	/** One statement; values belong into `parameters`. */
	statement: string;
	catalog?: string;
	schema?: string;
	parameters?: readonly StatementParameter[];
	rowLimit?: number;
	byteLimit?: number;
	/** See `runStatement`; default INLINE. */
	disposition?: 'INLINE' | 'EXTERNAL_LINKS';
	/** Default JSON_ARRAY; ARROW_STREAM needs EXTERNAL_LINKS. */
	format?: 'JSON_ARRAY' | 'ARROW_STREAM';
	queryTags?: Readonly<Record<string, string>>;
	/** How long Databricks may hold the answer before it says PENDING: 0, or 5 to 50; default 10. */
	waitTimeoutSeconds?: number;
	deadlineMs?: number;
}

/** Enough for most queries to need one request; short, so that a Stop is soon heard. */
const usualWaitTimeoutSeconds = 10;

/**
 * Sends a statement; the answer may be PENDING or already the result. There is no idempotency token:
 * a statement that only reads is repeated after a lost answer, any other one only when Databricks
 * surely did not run it (429, or a 503 with Databricks' own error_code).
 */
export async function executeStatement(
	workspace: Workspace,
	request: StatementRequest,
): Promise<Statement> {
	const isRead = onlyReads(request.statement);
	const repeat: Repeat = isRead ? 'always' : 'refused';
	const answer = workspace.json(
		{
			method: 'POST',
			path: '/api/2.0/sql/statements',
			json: {
				warehouse_id: request.warehouseId,
				statement: request.statement,
				catalog: request.catalog || undefined,
				schema: request.schema || undefined,
				parameters: request.parameters?.map(({ name, value, type }) => ({
					name,
					value: value ?? undefined,
					type: type || undefined,
				})),
				row_limit: request.rowLimit,
				byte_limit: request.byteLimit,
				disposition: request.disposition ?? 'INLINE',
				format: request.format ?? 'JSON_ARRAY',
				wait_timeout: `${request.waitTimeoutSeconds ?? usualWaitTimeoutSeconds}s`,
				on_wait_timeout: 'CONTINUE',
				query_tags:
					request.queryTags === undefined
						? undefined
						: Object.entries(request.queryTags).map(([key, value]) => ({ key, value })),
			},
			repeat,
			deadlineMs: request.deadlineMs,
			finishOnAbort: true,
		},
		statementSchema,
		parseStatementAnswer,
	);
	return await (isRead ? answer : answer.catch(unknownOutcome));
}

/** Says of a lost answer what it means for a statement that may change data. */
function unknownOutcome(error: unknown): never {
	if (!(error instanceof DatabricksError) || !error.outcomeUnknown) throw error;
	throw error.with({
		message: `${error.message} Whether the statement was carried out is not known.`,
		hint: 'It was not sent again because it may change data. Look at the table, or at DESCRIBE HISTORY, before you run it again.',
	});
}

export async function getStatement(
	workspace: Workspace,
	statementId: string,
	options: { deadlineMs?: number; patient?: boolean } = {},
): Promise<Statement> {
	return await workspace.json(
		{
			method: 'GET',
			path: path`/api/2.0/sql/statements/${statementId}`,
			deadlineMs: options.deadlineMs,
			retry: options.patient ? patientRetry : undefined,
			ids: { statementId },
		},
		statementSchema,
		parseStatementAnswer,
	);
}

/** A part of the result: its rows (INLINE) or fresh links to them (EXTERNAL_LINKS). */
export async function getChunk(
	workspace: Workspace,
	statementId: string,
	chunkIndex: number,
	deadlineMs?: number,
): Promise<ResultData> {
	return await workspace.json(
		{
			method: 'GET',
			path: path`/api/2.0/sql/statements/${statementId}/result/chunks/${String(chunkIndex)}`,
			timeoutMs: 180_000,
			deadlineMs,
			ids: { statementId },
		},
		resultDataSchema,
		parseStatementAnswer,
	);
}

/** Asks Databricks to cancel; it may still succeed. */
export async function cancelStatement(workspace: Workspace, statementId: string): Promise<void> {
	await workspace.request({
		method: 'POST',
		path: path`/api/2.0/sql/statements/${statementId}/cancel`,
		json: {},
		repeat: 'always',
		ids: { statementId },
	});
}

export interface WaitForStatementOptions {
	/** Epoch ms. */
	deadlineMs: number;
	onChange?: (statement: Statement) => void;
	/** The answer that started it was held back a while, so there is nothing new to read yet. */
	wasHeld?: boolean;
}

/**
 * Waits until the statement has ended, however. Throws kind `timeout` or `aborted`; cancels nothing.
 */
export async function waitForStatement(
	workspace: Workspace,
	started: Statement,
	options: WaitForStatementOptions,
): Promise<Statement> {
	const statementId = started.statement_id;
	const startedMs = workspace.clock.now();
	let first = outcomeOf(started) === 'pending' && !options.wasHeld ? undefined : started;
	return await waitUntil({
		read: async () => {
			const known = first;
			first = undefined;
			if (known !== undefined) return known;
			const deadlineMs = options.deadlineMs + lastReadMs;
			return await getStatement(workspace, statementId, { patient: true, deadlineMs });
		},
		isDone: (statement) => outcomeOf(statement) !== 'pending',
		deadlineMs: options.deadlineMs,
		clock: workspace.clock,
		random: workspace.random,
		signal: workspace.signal,
		// A statement that is not asked for within 15 minutes may be closed.
		interval: { firstMs: 60, longestMs: 5_000, factor: 1.6 },
		changeOf: (statement) => statement.status.state,
		onChange: options.onChange,
		timeoutError: (statement) =>
			new DatabricksError({
				kind: 'timeout',
				message: `Statement ${statementId} was still ${statement.status.state} after ${durationText(workspace.clock.now() - startedMs)}.`,
				ids: { statementId },
				facts: { state: statement.status.state },
			}),
	});
}

export interface RunStatementOptions extends WaitForStatementOptions {
	/** Called with the id as soon as it is known. */
	onStarted?: (statementId: string) => void;
	/** How often a statement that only reads is run anew when the service lost it; default 0. */
	rereads?: number;
}

/**
 * Runs a statement to its end and gives it with manifest and result, succeeded; else throws. A Stop
 * or timeout cancels it in Databricks.
 *
 * INLINE is tried first: it needs no way to the cloud storage, which many networks do not allow, and
 * no second request for a small result. A result above 25 MiB fails then; a statement that only
 * reads is run again with EXTERNAL_LINKS, which has no such limit. Ask for EXTERNAL_LINKS at once to
 * save the first run where big results are usual.
 */
export async function runStatement(
	workspace: Workspace,
	request: StatementRequest,
	options: RunStatementOptions,
): Promise<Statement> {
	const ended = await runUntilKept(workspace, request, options);
	if (!isInlineLimit(ended)) return succeeded(ended);
	if (!onlyReads(request.statement)) {
		throw failureOf(ended).with({
			hint: "The result is too big for the answer. Turn on the option 'Large Result' for a next time. The statement was not run again because it may change data.",
		});
	}
	const external = { ...request, disposition: 'EXTERNAL_LINKS' } as const;
	return succeeded(await runUntilKept(workspace, external, options));
}

/** Runs a statement; one that only reads is run anew when the service lost it. */
async function runUntilKept(
	workspace: Workspace,
	request: StatementRequest,
	options: RunStatementOptions,
): Promise<Statement> {
	let left = onlyReads(request.statement) ? (options.rereads ?? 0) : 0;
	for (;;) {
		try {
			const ended = await runOnce(workspace, request, options);
			if (left-- <= 0 || !isLost(ended)) return ended;
		} catch (error) {
			const isForgotten = error instanceof DatabricksError && error.kind === 'notFound';
			if (left-- <= 0 || !isForgotten || error.ids.statementId === undefined) throw error;
		}
	}
}

function succeeded(statement: Statement): Statement {
	if (outcomeOf(statement) !== 'succeeded') throw failureOf(statement);
	return statement;
}

async function runOnce(
	workspace: Workspace,
	request: StatementRequest,
	options: RunStatementOptions,
): Promise<Statement> {
	const started = await executeStatement(workspace, {
		...request,
		deadlineMs: request.deadlineMs ?? options.deadlineMs,
	});
	const statementId = started.statement_id;
	options.onStarted?.(statementId);
	try {
		return await cancelWhenGivenUp(
			async () =>
				await waitForStatement(workspace, started, {
					...options,
					wasHeld: request.waitTimeoutSeconds !== 0,
				}),
			async () => await cancelStatement(workspace.forSignal(undefined), statementId),
		);
	} catch (error) {
		if (!isGivenUp(error)) throw error;
		throw error.with({
			ids: { statementId },
			hint: error.hint ?? 'The statement was cancelled in Databricks.',
		});
	}
}
