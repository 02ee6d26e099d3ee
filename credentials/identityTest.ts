import type {
	IAuthenticateRuleResponseCode,
	IAuthenticateRuleResponseSuccessBody,
	ICredentialTestRequest,
} from 'n8n-workflow';

/**
 * The origin of the workspace as an n8n expression, whatever was pasted: a bare host name, a URL of the
 * browser's address bar with path and `?o=`, with or without a slash at the end.
 */
const origin =
	'={{ $credentials["host"].trim().replace(/^(?!https?:\\/\\/)/i, "https://").replace(/^(https?:\\/\\/[^\\/?#]+).*$/i, "$1") }}';

/** Something else than a workspace answers. */
export const noWorkspace =
	"This address answers, but it is no Databricks workspace. Copy 'Host' from the address bar while the workspace is open.";

/** Asks the workspace who we are: works for every kind of token and needs no permission. */
export function identityTest(hints: {
	unauthorized: string;
	forbidden: string;
}): ICredentialTestRequest {
	const messages = new Map([
		[400, hints.unauthorized],
		[401, hints.unauthorized],
		[403, hints.forbidden],
		[404, noWorkspace],
	]);
	const byCode = [...messages].map(
		([value, message]): IAuthenticateRuleResponseCode => ({
			type: 'responseCode',
			properties: { value, message },
		}),
	);
	// A login page or another site answers with success, too, but names no user.
	const byBody: IAuthenticateRuleResponseSuccessBody = {
		type: 'responseSuccessBody',
		properties: { key: 'userName', value: undefined, message: noWorkspace },
	};
	return {
		request: {
			baseURL: origin,
			url: '/api/2.0/preview/scim/v2/Me',
			headers: { Accept: 'application/scim+json, application/json' },
		},
		// n8n goes through rules of both kinds, while its type has lists of one kind.
		rules: Object.assign(byCode, { [byCode.length]: byBody }),
	};
}
