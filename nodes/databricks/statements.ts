import { z } from 'zod/v4';
import { DatabricksError } from './errors';
import { path } from './paths';
import { patientRetry, type Repeat } from './retry';
import { errorClassIn, sqlStateIn } from './sparkMessage';
import { onlyReads } from './statementText';
import { cancelWhenGivenUp, durationText, lastReadMs, waitUntil } from './waiting';
import type { Workspace } from './workspace';

const columnSchema = z.looseObject({
	name: z.string(),
	position: z.number().optional(),
	/** `LONG`, `DECIMAL`, `TIMESTAMP` … */
	type_name: z.string().optional(),
	/** `BIGINT`, `DECIMAL(18,2)`, `ARRAY<INT>` … */
	type_text: z.string().optional(),
	type_precision: z.number().optional(),
	type_scale: z.number().optional(),
});

const manifestSchema = z.looseObject({
	format: z.string().optional(),
	schema: z
		.looseObject({
			column_count: z.number().optional(),
			columns: z.array(columnSchema).default([]),
		})
		.default({ columns: [] }),
	total_chunk_count: z.number().default(0),
	total_row_count: z.number().default(0),
	truncated: z.boolean().default(false),
});

const externalLinkSchema = z.looseObject({
	external_link: z.string(),
	/** ISO 8601 */
	expiration: z.string().optional(),
	chunk_index: z.number(),
	row_offset: z.number().optional(),
	row_count: z.number().optional(),
	next_chunk_index: z.number().optional(),
	http_headers: z.record(z.string(), z.string()).optional(),
});

export const resultDataSchema = z.looseObject({
	chunk_index: z.number().optional(),
	row_offset: z.number().optional(),
	row_count: z.number().optional(),
	next_chunk_index: z.number().optional(),
	data_array: z.array(z.array(z.string().nullable())).optional(),
	external_links: z.array(externalLinkSchema).optional(),
});

export const statementSchema = z.looseObject({
	statement_id: z.string(),
	status: z.looseObject({
		state: z.string().default('UNKNOWN'),
		sql_state: z.string().optional(),
		error: z
			.looseObject({ error_code: z.string().optional(), message: z.string().optional() })
			.optional(),
	}),
	manifest: manifestSchema.optional(),
	result: resultDataSchema.optional(),
});

export type Statement = z.output<typeof statementSchema>;
export type ResultData = z.output<typeof resultDataSchema>;
export type ExternalLink = z.output<typeof externalLinkSchema>;
export type ResultColumn = z.output<typeof columnSchema>;

/** `closed`: it succeeded, and its result can no longer be read. */
export type StatementOutcome = 'pending' | 'succeeded' | 'closed' | 'failed' | 'cancelled';

const outcomeByState: Readonly<Record<string, StatementOutcome>> = {
	SUCCEEDED: 'succeeded',
	CLOSED: 'closed',
	FAILED: 'failed',
	CANCELED: 'cancelled',
};

/** How a statement ended; a state nobody knows yet is pending. */
export function outcomeOf(statement: Statement): StatementOutcome {
	return outcomeByState[statement.status.state] ?? 'pending';
}

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
	queryTags?: Readonly<Record<string, string>>;
	deadlineMs?: number;
}

/** How long Databricks may hold the answer before it says PENDING. Short, so that a Stop is soon heard. */
const waitTimeoutSeconds = 10;

/**
 * Sends a statement; the answer may be PENDING or already the result. There is no idempotency token:
 * a statement that only reads is repeated after a lost answer, any other one only when Databricks
 * surely did not run it (429, or a 503 with Databricks' own error_code).
 */
export async function executeStatement(
	workspace: Workspace,
	request: StatementRequest,
): Promise<Statement> {
	const repeat: Repeat = onlyReads(request.statement) ? 'always' : 'refused';
	return await workspace.json(
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
				format: 'JSON_ARRAY',
				wait_timeout: `${waitTimeoutSeconds}s`,
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
	);
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
	let first: Statement | undefined = started;
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
		interval: { firstMs: 250, longestMs: 5_000, factor: 1.6 },
		changeOf: (statement) => statement.status.state,
		onChange: options.onChange,
		timeoutError: (statement) =>
			new DatabricksError({
				kind: 'timeout',
				message: `Statement ${statementId} was still ${statement.status.state} after ${durationText(workspace.clock.now() - startedMs)}.`,
				ids: { statementId },
			}),
	});
}

/** The error of a statement that failed, was cancelled or whose result is gone. */
export function failureOf(statement: Statement): DatabricksError {
	const ids = { statementId: statement.statement_id };
	const { error, sql_state, state } = statement.status;
	const message = error?.message?.trim() ?? '';
	switch (outcomeOf(statement)) {
		case 'cancelled':
			return new DatabricksError({
				kind: 'cancelled',
				message: `Statement ${statement.statement_id} was cancelled in Databricks.`,
				ids,
			});
		case 'closed':
			return new DatabricksError({
				kind: 'failed',
				message: `Statement ${statement.statement_id} succeeded, but its result is no longer available.`,
				hint: 'Results are kept for an hour; run the statement again.',
				ids,
			});
		default:
			return new DatabricksError({
				kind: 'failed',
				message:
					message === '' ? `Statement ${statement.statement_id} ended as ${state}.` : message,
				errorCode: errorClassIn(message) ?? error?.error_code,
				sqlState: sql_state ?? sqlStateIn(message),
				ids,
			});
	}
}

/** Whether the result was too big to be part of the answer (25 MiB). */
export function isInlineLimit(statement: Statement): boolean {
	return (
		outcomeOf(statement) === 'failed' &&
		(statement.status.error?.message ?? '').includes('Inline byte limit exceeded')
	);
}

export interface RunStatementOptions extends WaitForStatementOptions {
	/** Called with the id as soon as it is known. */
	onStarted?: (statementId: string) => void;
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
	const ended = await runOnce(workspace, request, options);
	if (!isInlineLimit(ended)) return succeeded(ended);
	if (!onlyReads(request.statement)) {
		throw failureOf(ended).with({
			hint: 'The result is too big for the answer. Choose external links as the way the result is fetched; the statement was not run again because it may change data.',
		});
	}
	const external = { ...request, disposition: 'EXTERNAL_LINKS' } as const;
	return succeeded(await runOnce(workspace, external, options));
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
	const started = await executeStatement(workspace, { deadlineMs: options.deadlineMs, ...request });
	options.onStarted?.(started.statement_id);
	return await cancelWhenGivenUp(
		async () => await waitForStatement(workspace, started, options),
		async () => await cancelStatement(workspace.forSignal(undefined), started.statement_id),
	);
}
