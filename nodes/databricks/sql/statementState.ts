import { z } from 'zod/v4';
import { DatabricksError } from '../errors';
import { type InlineRows, isInlineRows } from './inlineRows';
import type { Row } from './rowPieces';
import { errorClassIn, sqlStateIn } from './sparkMessage';

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
	total_byte_count: z.number().optional(),
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
	data_array: z.custom<Row[] | InlineRows>(isInlineRows, 'expected rows of texts').optional(),
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

/** The error of a statement that failed, was cancelled or whose result is gone. */
export function failureOf(statement: Statement): DatabricksError {
	const { error, sql_state, state } = statement.status;
	const known = { ids: { statementId: statement.statement_id }, facts: { state } };
	const message = error?.message?.trim() ?? '';
	switch (outcomeOf(statement)) {
		case 'cancelled':
			return new DatabricksError({
				kind: 'cancelled',
				message: `Statement ${statement.statement_id} was cancelled in Databricks.`,
				...known,
			});
		case 'closed':
			return new DatabricksError({
				kind: 'failed',
				message: `Statement ${statement.statement_id} succeeded, but its result is no longer available.`,
				hint: 'Results are kept for an hour; run the statement again.',
				...known,
			});
		default:
			return new DatabricksError({
				kind: 'failed',
				message:
					message === '' ? `Statement ${statement.statement_id} ended as ${state}.` : message,
				errorCode: errorClassIn(message) ?? error?.error_code,
				sqlState: sql_state ?? sqlStateIn(message),
				hint: isInlineLimit(statement)
					? "The result is too big for the answer. Execute the statement with the option 'Large Result'."
					: undefined,
				...known,
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

/** Error codes of a service that lost a statement, for reasons that are not in the statement. */
const lostCodes = new Set([
	'IO_ERROR',
	'SERVICE_UNDER_MAINTENANCE',
	'TEMPORARILY_UNAVAILABLE',
	'WORKSPACE_TEMPORARILY_UNAVAILABLE',
]);

/** Whether the service lost the statement or its result, so that running it anew may help. */
export function isLost(statement: Statement): boolean {
	const outcome = outcomeOf(statement);
	if (outcome === 'closed') return true;
	return outcome === 'failed' && lostCodes.has(statement.status.error?.error_code ?? '');
}
