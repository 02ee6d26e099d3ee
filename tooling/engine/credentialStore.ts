import './prepareProcess';
import { Credentials } from 'n8n-core';
import {
	ICredentialsHelper,
	isExpression,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeProperties,
	type IRequestOptionsSimplified,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import type { NodePackages } from './packages';

/** One credential, as a workflow refers to it: by type and, where there are several, by name. */
export interface StoredCredential {
	type: string;
	/** Without a name the credential answers for every name of its type. */
	name?: string;
	data: ICredentialDataDecryptedObject;
}

const expressionNode: INode = {
	id: 'credential',
	name: 'Credential',
	type: 'credential',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** Decrypts, authenticates and refreshes the credentials of an engine by the rules of n8n's server. */
export class CredentialStore extends ICredentialsHelper {
	constructor(
		private readonly packages: NodePackages,
		private readonly credentials: StoredCredential[],
	) {
		super();
	}

	getParentTypes(name: string): string[] {
		return this.packages.parentTypes(name);
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.packages.credentialProperties(type);
	}

	async getCredentials(node: INodeCredentialsDetails, type: string): Promise<ICredentials> {
		const credentials = new Credentials(node, type);
		await credentials.setData(this.find(node, type).data);
		return credentials;
	}

	/** Defaults filled in and expressions of the type (such as a token URL made from the host) resolved. */
	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		node: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
	): Promise<ICredentialDataDecryptedObject> {
		const resolved = { ...this.find(node, type).data };
		const properties = this.getCredentialsProperties(type);
		for (const { name, default: byDefault } of properties) {
			if (resolved[name] === undefined && isPlain(byDefault)) resolved[name] = byDefault;
		}
		const { expression } = this.expressionWorkflow();
		for (const { name } of properties) {
			const value = resolved[name];
			if (!isExpression(value)) continue;
			const self = { ...resolved };
			const result = expression.getComplexParameterValue(
				expressionNode,
				value,
				mode,
				{},
				undefined,
				'',
				self,
			);
			Object.assign(resolved, { [name]: result });
		}
		return resolved;
	}

	async updateCredentials(
		node: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		Object.assign(this.find(node, type).data, data);
	}

	async updateCredentialsOauthTokenData(
		node: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		if (data.oauthTokenData === undefined) return;
		this.find(node, type).data.oauthTokenData = data.oauthTokenData;
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const expirable = this.getCredentialsProperties(typeName).find(
			(property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
		);
		if (!expirable) return undefined;
		const current = credentials[expirable.name];
		if (current !== '' && current !== undefined && !credentialsExpired) return undefined;
		const fresh = await this.runPreAuthentication(helpers, credentials, typeName);
		const details = node.credentials?.[typeName];
		if (!fresh || !(expirable.name in fresh) || !details) return undefined;
		await this.updateCredentials(details, typeName, fresh);
		return Object.assign(credentials, fresh);
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const preAuthentication = this.packages.credentialType(typeName)?.preAuthentication;
		const fresh = await preAuthentication?.call(helpers, credentials);
		if (!fresh) return undefined;
		const updated: ICredentialDataDecryptedObject = {};
		for (const [name, value] of Object.entries(fresh)) {
			if (isPlain(value)) updated[name] = value;
		}
		return updated;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const request = withUrl(requestOptions);
		const authenticate = this.packages.credentialType(typeName)?.authenticate;
		if (authenticate === undefined) return request;
		if (typeof authenticate === 'function') return await authenticate(credentials, request);
		const { expression } = workflow ?? this.expressionWorkflow();
		const resolve = (value: unknown) => {
			if (!isExpression(value)) return String(value);
			return String(
				expression.getSimpleParameterValue(
					node ?? expressionNode,
					value,
					'internal',
					{ $credentials: credentials },
					undefined,
					'',
				),
			);
		};
		for (const [group, entries] of Object.entries(authenticate.properties)) {
			const added = Object.fromEntries(
				Object.entries(entries ?? {}).map(([key, value]) => [resolve(key), resolve(value)]),
			);
			const previous: unknown = Reflect.get(request, group);
			Reflect.set(request, group, {
				...(typeof previous === 'object' ? previous : undefined),
				...added,
			});
		}
		return request;
	}

	private find(node: INodeCredentialsDetails, type: string): StoredCredential {
		const ofType = this.credentials.filter((credential) => credential.type === type);
		const found =
			ofType.find((credential) => credential.name === node.name) ??
			ofType.find((credential) => credential.name === undefined);
		if (!found) {
			throw new Error(
				`The workflow uses the credential '${node.name}' of type '${type}', and the engine was given none.`,
			);
		}
		return found;
	}

	private expressionWorkflow(): Workflow {
		return new Workflow({
			nodes: [],
			connections: {},
			active: false,
			nodeTypes: this.packages,
		});
	}
}

function isPlain(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}

/** The HTTP Request node still names the address `uri`. */
function withUrl(options: IHttpRequestOptions | IRequestOptionsSimplified): IHttpRequestOptions {
	if ('url' in options) return options;
	const uri: unknown = Reflect.get(options, 'uri');
	return { ...options, url: typeof uri === 'string' ? uri : '' };
}
