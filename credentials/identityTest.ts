import type { ICredentialTestRequest } from 'n8n-workflow';
import { originExpression } from './hostExpression';

/** Asks the workspace who we are: works for every kind of token and needs no permission. */
export function identityTest(hints: {
	unauthorized: string;
	forbidden: string;
}): ICredentialTestRequest {
	return {
		request: {
			baseURL: originExpression('$credentials'),
			url: '/api/2.0/preview/scim/v2/Me',
			headers: { Accept: 'application/scim+json, application/json' },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 400, message: hints.unauthorized } },
			{ type: 'responseCode', properties: { value: 401, message: hints.unauthorized } },
			{ type: 'responseCode', properties: { value: 403, message: hints.forbidden } },
			{
				type: 'responseCode',
				properties: {
					value: 404,
					message:
						"This address answers, but it is no Databricks workspace. Copy 'Host' from the address bar while the workspace is open.",
				},
			},
		],
	};
}
