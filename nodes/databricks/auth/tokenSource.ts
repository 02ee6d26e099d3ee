import type { Clock } from '../clock';
import type { HttpAnswer } from '../transport';

/** What a token source may use to get a token. */
export interface TokenRequest {
	clock: Clock;
	/** The token that Databricks has just refused; a source that can gets another one. */
	rejected?: string;
	/** Posts a form without the Authorization of the workspace; one attempt. */
	postForm(form: TokenForm): Promise<HttpAnswer>;
}

export interface TokenForm {
	url: string;
	fields: Readonly<Record<string, string>>;
	headers?: Readonly<Record<string, string>>;
}

/** Where the bearer token of a request comes from. Must be cheap when called for each request. */
export interface TokenSource {
	/** The kind as it appears in the User-Agent: `pat`, `oauth-m2m`. */
	readonly kind: string;
	/** A token that is valid for some seconds at least. Throws DatabricksError. */
	token(request: TokenRequest): Promise<string>;
	/** The same credential with tokens that allow only what the OAuth `authorization_details` say. */
	narrowed?(authorizationDetails: string): TokenSource;
}
