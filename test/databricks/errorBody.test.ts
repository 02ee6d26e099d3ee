import {
	errorFromAnswer,
	isTokenRefused,
	redact,
	retryAfterMs,
} from '../../nodes/databricks/errorBody';
import { testToken } from './workspaceUnderTest';

const nowMs = Date.UTC(2026, 10, 21, 12);

function read(status: number, text: string, headers: Record<string, string> = {}) {
	const error = errorFromAnswer({ status, text, headers, nowMs, secrets: [testToken] });
	const { kind, errorCode, message, requestId } = error;
	return { kind, errorCode, message, ...(requestId === undefined ? {} : { requestId }) };
}

const html = { 'content-type': 'text/html' };

describe('each shape of an error becomes kind, code and message', () => {
	it.each([
		[
			'JSON',
			read(
				404,
				'{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"The specified pipeline X was not found."}',
			),
			{
				kind: 'notFound',
				errorCode: 'RESOURCE_DOES_NOT_EXIST',
				message: 'The specified pipeline X was not found.',
			},
		],
		[
			'JSON with a numeric code',
			read(403, '{"error_code":403,"message":"Invalid access token."}'),
			{ kind: 'unauthenticated', errorCode: '403', message: 'Invalid access token.' },
		],
		[
			'no credential',
			read(
				401,
				'{"error_code":401,"message":"Credential was not sent or was of an unsupported type for this API."}',
			),
			{
				kind: 'unauthenticated',
				errorCode: '401',
				message: 'Credential was not sent or was of an unsupported type for this API.',
			},
		],
		[
			'permission denied',
			read(
				403,
				'{"error_code":"PERMISSION_DENIED","message":"User u does not have View permissions on job 1"}',
			),
			{
				kind: 'permissionDenied',
				errorCode: 'PERMISSION_DENIED',
				message: 'User u does not have View permissions on job 1',
			},
		],
		[
			'permission denied that mentions a token',
			read(403, '{"error_code":"PERMISSION_DENIED","message":"Invalid access token policy"}'),
			{
				kind: 'permissionDenied',
				errorCode: 'PERMISSION_DENIED',
				message: 'Invalid access token policy',
			},
		],
		[
			'a missing job as 400',
			read(400, '{"error_code":"INVALID_PARAMETER_VALUE","message":"Job 123 does not exist."}'),
			{
				kind: 'notFound',
				errorCode: 'INVALID_PARAMETER_VALUE',
				message: 'Job 123 does not exist.',
			},
		],
		[
			'a missing run as 400',
			read(
				400,
				`{"error_code":"INVALID_PARAMETER_VALUE","message":"Run: 1 in job: 2 doesn't exist"}`,
			),
			{
				kind: 'notFound',
				errorCode: 'INVALID_PARAMETER_VALUE',
				message: "Run: 1 in job: 2 doesn't exist",
			},
		],
		[
			'details with a request id',
			read(
				429,
				'{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"There are already 5 active runs (limit: 5).","details":[{"@type":"type.googleapis.com/google.rpc.RequestInfo","request_id":"r-1"}]}',
			),
			{
				kind: 'tooManyRequests',
				errorCode: 'REQUEST_LIMIT_EXCEEDED',
				message: 'There are already 5 active runs (limit: 5).',
				requestId: 'r-1',
			},
		],
		[
			'SCIM',
			read(
				404,
				'{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"User not found","status":"404","scimType":"noTarget"}',
			),
			{ kind: 'notFound', errorCode: 'noTarget', message: 'User not found' },
		],
		[
			'SCIM with an empty message',
			read(404, '{"error_code":"X","message":"","detail":"User not found"}'),
			{ kind: 'notFound', errorCode: 'X', message: 'User not found' },
		],
		[
			'API 1.2',
			read(500, '{"error":"ClusterNotReadyException: wait"}'),
			{ kind: 'internal', errorCode: undefined, message: 'ClusterNotReadyException: wait' },
		],
		[
			'OIDC',
			read(401, '{"error":"invalid_client","error_description":"Client authentication failed"}'),
			{
				kind: 'unauthenticated',
				errorCode: 'invalid_client',
				message: 'Client authentication failed',
			},
		],
		[
			'OIDC without a description',
			read(400, '{"error":"invalid_request"}'),
			{ kind: 'badRequest', errorCode: 'invalid_request', message: 'invalid_request' },
		],
		[
			'a provider behind serving',
			read(400, '{"error":{"message":"max_tokens is too large","code":"invalid_value"}}'),
			{ kind: 'badRequest', errorCode: 'invalid_value', message: 'max_tokens is too large' },
		],
		[
			'only a message',
			read(501, '{"message":"No stub found"}'),
			{ kind: 'notImplemented', errorCode: undefined, message: 'No stub found' },
		],
		[
			'text with a code',
			read(400, 'MALFORMED_REQUEST: Invalid JSON'),
			{ kind: 'badRequest', errorCode: 'MALFORMED_REQUEST', message: 'Invalid JSON' },
		],
		[
			'text',
			read(502, 'upstream connect error'),
			{ kind: 'internal', errorCode: undefined, message: 'upstream connect error' },
		],
		[
			'HTML with <pre>',
			read(400, '<html><body><pre>Bad &lt;thing&gt; &amp; more</pre></body></html>', html),
			{ kind: 'badRequest', errorCode: undefined, message: 'Bad <thing> & more' },
		],
		[
			'HTML with a title',
			read(503, '<!doctype html><title>Maintenance</title>'),
			{ kind: 'unavailable', errorCode: undefined, message: 'Maintenance' },
		],
		[
			'HTML that says nothing',
			read(503, '<html><body><p>x</p></body></html>', html),
			{
				kind: 'unavailable',
				errorCode: undefined,
				message: 'Databricks answered with status 503.',
			},
		],
		[
			'empty',
			read(404, ''),
			{ kind: 'notFound', errorCode: undefined, message: 'Databricks answered with status 404.' },
		],
		[
			'an unknown status',
			read(418, '{}', { 'x-request-id': 'r-2' }),
			{
				kind: 'badRequest',
				errorCode: undefined,
				message: 'Databricks answered with status 418.',
				requestId: 'r-2',
			},
		],
		[
			'broken JSON',
			read(500, '{"message":'),
			{ kind: 'internal', errorCode: undefined, message: '{"message":' },
		],
		[
			'a login page',
			read(302, '', { location: 'https://adb-1.2.azuredatabricks.net/login.html?next_url=%2Fapi' }),
			{
				kind: 'unauthenticated',
				errorCode: undefined,
				message: 'The workspace sent a login page instead of an answer.',
			},
		],
		[
			'Private Link',
			read(302, '', { location: '/login.html?error=private-link-validation-error' }),
			{
				kind: 'permissionDenied',
				errorCode: undefined,
				message:
					'The workspace is only reachable through Private Link, and this machine is not in its network.',
			},
		],
		[
			'another redirect',
			read(301, '', { location: 'https://elsewhere.example.com/' }),
			{
				kind: 'unexpectedAnswer',
				errorCode: undefined,
				message: 'The host redirected the request, and credentials are not sent after a redirect.',
			},
		],
	])('%s', (_what, given, expected) => {
		expect(given).toEqual(expected);
	});
});

it.each([
	[401, '{"error_code":401,"message":"x"}', true],
	[403, '{"error_code":403,"message":"Invalid access token."}', true],
	[403, '{"message":"Token is expired"}', true],
	[403, '{"error_code":"PERMISSION_DENIED","message":"no"}', false],
	[302, '', false],
	[400, '{"message":"Invalid access token"}', false],
])('status %i %s: another token would help: %s', (status, text, expected) => {
	const headers = { location: '/login.html' };
	expect(isTokenRefused(errorFromAnswer({ status, text, headers, nowMs }))).toBe(expected);
});

it.each([
	[undefined, undefined],
	['3', 3_000],
	['0', 0],
	['Sat, 21 Nov 2026 12:00:10 GMT', 10_000],
	['Sat, 21 Nov 2026 11:00:00 GMT', 0],
	['soon', undefined],
	['-5', undefined],
	['1.5', undefined],
])('Retry-After %s is %s ms', (header, expected) => {
	expect(retryAfterMs(header, nowMs)).toBe(expected);
});

describe('secrets never reach the message', () => {
	it.each([
		['the token that was sent', `got ${testToken}!`, 'got ***!'],
		['any token of that form', 'dapi00112233445566778899aabbccddeeff-3 is old', '*** is old'],
		['a client secret', 'dose00112233445566778899aabbccddeeff', '***'],
		[
			'an Authorization header',
			'Authorization: Bearer abc.def-123456',
			'Authorization: Bearer ***',
		],
		['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '***'],
		[
			'a presigned link',
			'at https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&x=1 now',
			'at https://b.s3.amazonaws.com/k?*** now',
		],
		[
			'a SAS link',
			'https://a.blob.core.windows.net/c?sv=1&sig=abc',
			'https://a.blob.core.windows.net/c?***',
		],
		[
			'nothing else',
			'see https://docs.example.com/?page=2',
			'see https://docs.example.com/?page=2',
		],
	])('%s', (_what, text, expected) => {
		expect(redact(text, [testToken])).toBe(expected);
		expect(read(400, JSON.stringify({ message: text })).message).toBe(expected);
	});

	it('keeps messages short', () => {
		expect(read(400, JSON.stringify({ message: 'x'.repeat(10_000) })).message).toHaveLength(2_000);
		expect(read(400, 'y'.repeat(10_000)).message).toHaveLength(300);
	});
});
