import { DatabricksError } from './errors';

/**
 * A path whose inserted values are percent-encoded, one value one segment. Throws DatabricksError
 * (badRequest) for values that would change the path (empty, `.` and `..`), and for halves of characters.
 */
export function path(texts: TemplateStringsArray, ...values: string[]): string {
	return texts.reduce((built, text, index) => `${built}${segment(values[index - 1] ?? '')}${text}`);
}

/** A file path of a volume (`/Volumes/c/s/v/a b.csv`), each segment percent-encoded. */
export function encodedFilePath(filePath: string): string {
	const segments = filePath.replace(/^\/+|\/+$/g, '').split('/');
	return segments.map((part) => `/${segment(part)}`).join('');
}

function segment(value: string): string {
	if (value === '' || value === '.' || value === '..') {
		throw new DatabricksError({
			kind: 'badRequest',
			message:
				value === ''
					? 'A name or ID that belongs in the address of the request is empty.'
					: `"${value}" cannot be part of the address of a request.`,
		});
	}
	if (/\p{Surrogate}/u.test(value)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `${JSON.stringify(value)} has half a character, which cannot be part of an address.`,
		});
	}
	return encodeURIComponent(value);
}
