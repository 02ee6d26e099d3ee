import { DatabricksError, type ErrorIds } from './errors';
import type { HttpAnswer } from './transport';

/** The address of a link. Throws DatabricksError that does not show it. */
export function presignedUrl(text: string): URL {
	try {
		const url = new URL(text);
		if (/^https?:$/.test(url.protocol)) return url;
	} catch {
		// Said below, in the same words.
	}
	throw new DatabricksError({
		kind: 'unexpectedAnswer',
		message: 'Databricks sent a download link that is no web address.',
	});
}

/** The error of a storage service; only its own code (`<Code>AccessDenied</Code>`) is shown. */
export function storageError(answer: HttpAnswer, ids: ErrorIds | undefined): DatabricksError {
	const code = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(answer.text)?.[1];
	const named = code === undefined ? '' : ` (${code})`;
	return new DatabricksError({
		kind: answer.status >= 500 ? 'unavailable' : 'badRequest',
		message: `The cloud storage answered with status ${answer.status}${named} for a part of the result.`,
		status: answer.status,
		errorCode: code,
		ids,
	});
}

/** Whether a link can be asked for again because it has expired or was refused. */
export function isLinkRefused(error: unknown): boolean {
	return (
		error instanceof DatabricksError &&
		error.status !== undefined &&
		[400, 401, 403, 404, 410].includes(error.status)
	);
}

/** An error of the connection without the host of the link, whose address is a secret. */
export function withoutAddress(error: unknown, url: URL): unknown {
	if (!(error instanceof DatabricksError)) return error;
	const message = error.message.replaceAll(url.host, 'the cloud storage').replace(/^t/, 'T');
	if (!error.unreachable) return error.with({ message });
	return error.with({
		message,
		hint: 'Large results come from the cloud storage of the workspace: allow this machine to connect to it.',
	});
}
