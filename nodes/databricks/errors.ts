/**
 * What went wrong, independent of the service. The first eleven are answers of Databricks,
 * `failed` is a run, update or statement that ended without success, the rest happens here.
 */
export type ErrorKind =
	| 'badRequest'
	| 'unauthenticated'
	| 'permissionDenied'
	| 'notFound'
	| 'conflict'
	| 'tooManyRequests'
	| 'cancelled'
	| 'internal'
	| 'notImplemented'
	| 'unavailable'
	| 'serverDeadline'
	| 'failed'
	/** No usable answer came: name not found, refused, reset, silent too long, certificate. */
	| 'network'
	/** The time given to the operation is over. */
	| 'timeout'
	/** The caller's signal ended it. */
	| 'aborted'
	/** An answer came, but not one of Databricks: a redirect, a login page, another shape. */
	| 'unexpectedAnswer'
	/** The host's egress rules forbid the address. */
	| 'blocked';

export interface ErrorIds {
	jobId?: string;
	runId?: string;
	taskKey?: string;
	taskRunId?: string;
	statementId?: string;
	updateId?: string;
	pipelineId?: string;
	/** The page of the run or update in the workspace. */
	pageUrl?: string;
}

export interface DatabricksErrorFields {
	kind: ErrorKind;
	message: string;
	/** HTTP status, when there was an answer. */
	status?: number;
	/** Databricks' `error_code`, or the Spark error class of a failed statement. */
	errorCode?: string;
	/** Five characters, as in `42P01`. */
	sqlState?: string;
	details?: readonly unknown[];
	requestId?: string;
	/** What the user can do about it, one or two sentences. */
	hint?: string;
	/** Stack trace of a failed task, as Databricks printed it. */
	trace?: string;
	retryAfterMs?: number;
	/** No answer came, yet the request may have been carried out. */
	outcomeUnknown?: boolean;
	/** The connection was never made: the host is wrong, down or behind a closed door. */
	unreachable?: boolean;
	ids?: ErrorIds;
	/** What else is known, by the names that an item of the node has for it. */
	facts?: Readonly<Record<string, unknown>>;
	cause?: unknown;
}

/**
 * The one error of this client. Never holds a token, an Authorization header, a presigned URL or
 * what was sent.
 */
export class DatabricksError extends Error {
	readonly kind: ErrorKind;
	readonly status?: number;
	readonly errorCode?: string;
	readonly sqlState?: string;
	readonly details?: readonly unknown[];
	readonly requestId?: string;
	readonly hint?: string;
	readonly trace?: string;
	readonly retryAfterMs?: number;
	readonly outcomeUnknown: boolean;
	readonly unreachable: boolean;
	readonly ids: ErrorIds;
	readonly facts: Readonly<Record<string, unknown>>;
	readonly #fields: DatabricksErrorFields;

	constructor(fields: DatabricksErrorFields) {
		// n8n takes an error for a Stop when its message has the American spelling.
		super(
			fields.message.replaceAll('canceled', 'cancelled'),
			fields.cause === undefined ? undefined : { cause: fields.cause },
		);
		this.name = 'DatabricksError';
		this.#fields = fields;
		this.kind = fields.kind;
		this.status = fields.status;
		this.errorCode = fields.errorCode;
		this.sqlState = fields.sqlState;
		this.details = fields.details;
		this.requestId = fields.requestId;
		this.hint = fields.hint;
		this.trace = fields.trace;
		this.retryAfterMs = fields.retryAfterMs;
		this.outcomeUnknown = fields.outcomeUnknown ?? false;
		this.unreachable = fields.unreachable ?? false;
		this.ids = fields.ids ?? {};
		this.facts = fields.facts ?? {};
	}

	/** The same error with more known about it; ids are merged, other fields replaced. */
	with(more: Partial<DatabricksErrorFields>): DatabricksError {
		return new DatabricksError({
			cause: this.cause,
			...this.#fields,
			...more,
			ids: { ...this.ids, ...more.ids },
		});
	}
}

/** Whether the work was given up here (Stop, timeout), so that Databricks may still be at it. */
export function isGivenUp(error: unknown): error is DatabricksError {
	return error instanceof DatabricksError && (error.kind === 'aborted' || error.kind === 'timeout');
}

/** The error of a caller's signal that aborted. */
export function abortedError(signal: AbortSignal): DatabricksError {
	return new DatabricksError({
		kind: 'aborted',
		message: 'The operation was cancelled.',
		cause: signal.reason,
	});
}
