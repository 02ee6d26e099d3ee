import { DatabricksError, type ErrorIds, type ErrorKind } from './errors';
import { parseJson } from './ids';

/** What an answer that is no success says, in any of the shapes that Databricks uses. */
export interface FailedAnswer {
	status: number;
	/** Names in lower case. */
	headers: Readonly<Record<string, string | undefined>>;
	/** The body as text. */
	text: string;
	ids?: ErrorIds;
	/** Texts that must not appear in the error, such as the token that was sent. */
	secrets?: readonly string[];
	/** Epoch ms, for a Retry-After that is a date. */
	nowMs: number;
}

interface ErrorBody {
	errorCode?: string;
	message?: string;
	details?: readonly unknown[];
	/** The last line of a stack trace: what a model itself raised. */
	trace?: string;
}

const longestMessage = 2_000;
const longestText = 300;

const kindOfStatus: Readonly<Record<number, ErrorKind>> = {
	400: 'badRequest',
	401: 'unauthenticated',
	403: 'permissionDenied',
	404: 'notFound',
	409: 'conflict',
	429: 'tooManyRequests',
	499: 'cancelled',
	500: 'internal',
	501: 'notImplemented',
	503: 'unavailable',
	504: 'serverDeadline',
};

/** Codes that say more than the status they come with. */
const kindOfCode: Readonly<Record<string, ErrorKind>> = {
	INVALID_STATE: 'badRequest',
	INVALID_PARAMETER_VALUE: 'badRequest',
	RESOURCE_DOES_NOT_EXIST: 'notFound',
	ENDPOINT_NOT_FOUND: 'notFound',
	ABORTED: 'conflict',
	ALREADY_EXISTS: 'conflict',
	RESOURCE_ALREADY_EXISTS: 'conflict',
	RESOURCE_CONFLICT: 'conflict',
	RESOURCE_EXHAUSTED: 'tooManyRequests',
	REQUEST_LIMIT_EXCEEDED: 'tooManyRequests',
	PERMISSION_DENIED: 'permissionDenied',
	UNAUTHENTICATED: 'unauthenticated',
	TEMPORARILY_UNAVAILABLE: 'unavailable',
	UNKNOWN: 'internal',
	DATA_LOSS: 'internal',
};

/** The one reading of status, headers and body into an error. */
export function errorFromAnswer(answer: FailedAnswer): DatabricksError {
	if (answer.status >= 300 && answer.status < 400) return redirectError(answer);
	const body = readErrorBody(answer.text, answer.headers['content-type'] ?? '');
	const message = cut(redact(body.message ?? '', answer.secrets)).trim();
	const kind = kindOf(answer.status, body, message);
	return new DatabricksError({
		kind,
		message: message === '' ? `Databricks answered with status ${answer.status}.` : message,
		status: answer.status,
		errorCode: body.errorCode,
		details: redactDetails(body.details, answer.secrets),
		trace: body.trace === undefined ? undefined : redact(body.trace, answer.secrets),
		requestId: answer.headers['x-request-id'] ?? requestIdOf(body.details),
		hint: hintFor(kind),
		retryAfterMs: retryAfterMs(answer.headers['retry-after'], answer.nowMs),
		ids: answer.ids,
	});
}

/** Head and tail: some texts begin with the data that was sent and end with what is wrong. */
function cut(text: string): string {
	if (text.length <= longestMessage) return text;
	const half = Math.floor((longestMessage - 3) / 2);
	return `${text.slice(0, half)} … ${text.slice(half + 3 - longestMessage)}`;
}

/**
 * Whether Databricks refused the token itself: 401, or the 403 "Invalid access token" of an expired
 * one. A 403 PERMISSION_DENIED means a good token that may not.
 */
export function isTokenRefused(error: DatabricksError): boolean {
	return error.kind === 'unauthenticated' && (error.status === 401 || error.status === 403);
}

/** Seconds or an HTTP date, as milliseconds from now. Undefined for anything else. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
	if (header === undefined) return undefined;
	if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
	const date = /[a-z]{3}/i.test(header) ? Date.parse(header) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function kindOf(status: number, body: ErrorBody, message: string): ErrorKind {
	const code = body.errorCode ?? '';
	if (status === 403 && code !== 'PERMISSION_DENIED' && isAboutToken(message)) {
		return 'unauthenticated';
	}
	if (
		status === 400 &&
		/\b(Job|Run) \d+ does not exist|^Run: \S+ in job: \S+ doesn't exist/.test(message)
	) {
		return 'notFound';
	}
	const byStatus = kindOfStatus[status] ?? (status >= 500 ? 'internal' : 'badRequest');
	// 401, 403, 404 and 501 are clear; a code only says more where the status is vague.
	return [400, 409, 429, 500, 503].includes(status) ? (kindOfCode[code] ?? byStatus) : byStatus;
}

function isAboutToken(message: string): boolean {
	return /invalid (access )?token|token (is|has) (expired|invalid)|expired (access )?token/i.test(
		message,
	);
}

function hintFor(kind: ErrorKind): string | undefined {
	switch (kind) {
		case 'unauthenticated':
			return 'Check the credential: the token or client secret is wrong, has expired or belongs to another workspace.';
		case 'permissionDenied':
			return 'Grant the user or service principal of the credential the permission named in the message.';
		case 'tooManyRequests':
			return 'Databricks limits requests and running jobs; try again later or start fewer at once.';
		case 'unavailable':
			return 'Databricks is not available for the moment; try again later.';
		default:
			return undefined;
	}
}

function redirectError(answer: FailedAnswer): DatabricksError {
	const location = answer.headers['location'] ?? '';
	if (location.includes('private-link-validation-error')) {
		return new DatabricksError({
			kind: 'permissionDenied',
			status: answer.status,
			message:
				'The workspace is only reachable through Private Link, and this machine is not in its network.',
			hint: 'Run n8n in a network that has the private endpoint of the workspace.',
			ids: answer.ids,
		});
	}
	const isLogin = /\/login(\.html)?\b|\/oidc\/|\/aad\/|oauth2\/authorize/.test(location);
	return new DatabricksError({
		kind: isLogin ? 'unauthenticated' : 'unexpectedAnswer',
		status: answer.status,
		message: isLogin
			? 'The workspace sent a login page instead of an answer.'
			: 'The host redirected the request, and credentials are not sent after a redirect.',
		hint: isLogin
			? 'Check the credential, and that the host is the workspace and not the account console.'
			: 'Enter the final address of the workspace as the host.',
		ids: answer.ids,
	});
}

function readErrorBody(text: string, contentType: string): ErrorBody {
	if (text.trim() === '') return {};
	return (
		(/^\s*[{[]/.test(text) ? jsonError(text) : undefined) ??
		codedText(text) ??
		htmlError(text, contentType) ?? { message: text.slice(0, longestText) }
	);
}

function jsonError(text: string): ErrorBody | undefined {
	let body: unknown;
	try {
		body = parseJson(text);
	} catch {
		return undefined;
	}
	if (!isRecord(body)) return undefined;
	const details = Array.isArray(body.details) ? body.details : undefined;
	if (textOf(body.message) !== undefined || codeOf(body.error_code) !== undefined) {
		const message = textOf(body.message) ?? textOf(body.detail);
		const trace = lastLine(textOf(body.stack_trace));
		return { errorCode: codeOf(body.error_code), message, details, trace };
	}
	if (textOf(body.detail) !== undefined) {
		return { errorCode: textOf(body.scimType), message: textOf(body.detail) };
	}
	// OIDC: the code is in `error`. API 1.2 and external models: `error` is the message itself.
	const description = textOf(body.error_description);
	if (description !== undefined) return { errorCode: textOf(body.error), message: description };
	if (isRecord(body.error)) {
		return {
			errorCode: codeOf(body.error.error_code) ?? codeOf(body.error.code),
			message: textOf(body.error.message),
		};
	}
	const error = textOf(body.error);
	if (error === undefined) return {};
	return /^[a-z]+(_[a-z]+)+$/.test(error)
		? { errorCode: error, message: error }
		: { message: error };
}

function lastLine(text: string | undefined): string | undefined {
	return text?.trimEnd().split('\n').at(-1)?.slice(0, longestText);
}

function codedText(text: string): ErrorBody | undefined {
	const match = /^\s*([A-Z][A-Z0-9_]{2,}): ([\s\S]+)$/.exec(text);
	return match === null
		? undefined
		: { errorCode: match[1], message: match[2]?.slice(0, longestText) };
}

function htmlError(text: string, contentType: string): ErrorBody | undefined {
	if (!contentType.includes('html') && !/^\s*<(!doctype|html)/i.test(text)) return undefined;
	const inner =
		/<pre>([\s\S]*?)<\/pre>/i.exec(text)?.[1] ?? /<title>([\s\S]*?)<\/title>/i.exec(text)?.[1];
	const message =
		inner === undefined ? undefined : unescapeHtml(inner.replace(/<[^>]*>/g, '')).trim();
	return { message: message === '' ? undefined : message };
}

function unescapeHtml(text: string): string {
	const entities: Readonly<Record<string, string>> = {
		lt: '<',
		gt: '>',
		quot: '"',
		'#39': "'",
		amp: '&',
	};
	return text.replace(
		/&(lt|gt|quot|#39|amp);/g,
		(entity, name: string) => entities[name] ?? entity,
	);
}

/** The request id that google.rpc.RequestInfo carries. */
function requestIdOf(details: readonly unknown[] | undefined): string | undefined {
	for (const detail of details ?? []) {
		if (isRecord(detail) && typeof detail.request_id === 'string') return detail.request_id;
	}
	return undefined;
}

/** Takes out what must not be shown: given secrets, tokens by their form, signed addresses. */
export function redact(text: string, secrets: readonly string[] = []): string {
	let clean = text;
	for (const secret of secrets) {
		if (secret.length >= 4) clean = clean.replaceAll(secret, '***');
	}
	return clean
		.replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***')
		.replace(/\b(dapi|dose|dkea)[0-9a-f]{8,}(-\d+)?\b/g, '***')
		.replace(/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '***')
		.replace(
			/(https?:\/\/[^\s"'<>?]+)\?[^\s"'<>]*(sig|signature|token|credential)[^\s"'<>]*/gi,
			'$1?***',
		);
}

function redactDetails(
	details: readonly unknown[] | undefined,
	secrets: readonly string[] | undefined,
): readonly unknown[] | undefined {
	if (details === undefined) return undefined;
	const clean: unknown = JSON.parse(redact(JSON.stringify(details), secrets));
	return Array.isArray(clean) ? clean : undefined;
}

function codeOf(value: unknown): string | undefined {
	return typeof value === 'number' ? String(value) : textOf(value);
}

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
