import { DatabricksError } from '../errors';
import type { TokenSource } from './tokenSource';

/** A personal access token, or any token that somebody else keeps fresh. */
export function staticToken(token: string, kind = 'pat'): TokenSource {
	const trimmed = token.trim();
	return {
		kind,
		token: async () => {
			if (trimmed !== '' && /^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
			throw new DatabricksError({
				kind: 'unauthenticated',
				message:
					trimmed === ''
						? 'The credential has no access token.'
						: 'The access token has characters that a token cannot have.',
				hint: 'Enter the token again, without spaces or line breaks.',
			});
		},
	};
}
