/**
 * The origin of the workspace as an n8n expression, whatever was pasted: a bare host name, a URL of the
 * browser's address bar with path and `?o=`, with or without a slash at the end.
 *
 * @param source how the expression reaches the credential's fields: `$credentials` in a request,
 *   `$self` in another field of the same credential
 */
export function originExpression(source: '$credentials' | '$self', path = ''): string {
	const withScheme = `${source}["host"].trim().replace(/^(?!https?:\\/\\/)/i, "https://")`;
	return `={{ ${withScheme}.replace(/^(https?:\\/\\/[^\\/?#]+).*$/i, "$1") }}${path}`;
}
