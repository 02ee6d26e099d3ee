import { z } from 'zod';
import { EditorError } from './editorError';

const settingsSchema = z.object({
	userManagement: z.object({ showSetupOnFirstLoad: z.boolean() }),
});
const namedSchema = z.object({ id: z.string(), name: z.string() });
const credentialSchema = namedSchema.extend({ type: z.string() });
const testSchema = z.object({ status: z.string(), message: z.string().default('') });
const workflowSchema = namedSchema
	.extend({
		versionId: z.string(),
		active: z.boolean(),
		nodes: z.array(z.object({ name: z.string(), type: z.string() }).passthrough()),
		connections: z.record(z.string(), z.unknown()),
	})
	.passthrough();
const executionSchema = z.object({
	id: z.string(),
	status: z.string(),
	stoppedAt: z.string().nullish(),
});

/** Who signs in to the editor. */
export interface Owner {
	email: string;
	password: string;
}

export type StoredWorkflow = z.output<typeof workflowSchema>;
export type StoredExecution = z.output<typeof executionSchema>;

export interface NewCredential {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** n8n's login cookie is bound to it, so a browser that takes the cookie over needs it, too. */
export const browserId = 'lakehouse-editor';

/** What the editor's own pages ask of n8n, as one signed-in person. */
export class N8nApi {
	/** `n8n-auth=…` after signing in. */
	cookie = '';

	constructor(readonly url: string) {}

	/** Signs in, as a new owner where there is none yet. */
	async signIn({ email, password }: Owner): Promise<void> {
		const { userManagement } = settingsSchema.parse(await this.call('GET', '/rest/settings'));
		if (userManagement.showSetupOnFirstLoad) {
			const names = { firstName: 'Lakehouse', lastName: 'Owner' };
			await this.call('POST', '/rest/owner/setup', { email, ...names, password });
		} else {
			await this.call('POST', '/rest/login', { emailOrLdapLoginId: email, password });
		}
	}

	async credentials(): Promise<z.output<typeof credentialSchema>[]> {
		return z.array(credentialSchema).parse(await this.call('GET', '/rest/credentials'));
	}

	/** Makes a credential, or gives the one of that name its new data; answers its id. */
	async putCredential(credential: NewCredential): Promise<string> {
		const known = (await this.credentials()).find(
			({ name, type }) => name === credential.name && type === credential.type,
		);
		const answer =
			known === undefined
				? await this.call('POST', '/rest/credentials', credential)
				: await this.call('PATCH', `/rest/credentials/${known.id}`, credential);
		return namedSchema.parse(answer).id;
	}

	/** Tests a saved credential; answers what is wrong with it, nothing when all is well. */
	async testCredential(id: string, credential: NewCredential): Promise<string | undefined> {
		const answer = await this.call('POST', '/rest/credentials/test', {
			credentials: { id, ...credential },
		});
		const { status, message } = testSchema.parse(answer);
		return status === 'OK' ? undefined : message;
	}

	/** The workflow of that id, nothing when there is none. */
	async workflow(id: string): Promise<StoredWorkflow | undefined> {
		const list = z.array(namedSchema).parse(await this.call('GET', '/rest/workflows'));
		if (!list.some((each) => each.id === id)) return undefined;
		return workflowSchema.parse(await this.call('GET', `/rest/workflows/${id}`));
	}

	async createWorkflow(workflow: Record<string, unknown>): Promise<StoredWorkflow> {
		return workflowSchema.parse(await this.call('POST', '/rest/workflows', workflow));
	}

	async updateWorkflow(id: string, workflow: Record<string, unknown>): Promise<StoredWorkflow> {
		const path = `/rest/workflows/${id}?forceSave=true`;
		return workflowSchema.parse(await this.call('PATCH', path, workflow));
	}

	/** Starts a workflow by hand from one of its triggers; answers the id of the execution. */
	async run(id: string, trigger: string): Promise<string> {
		const workflowData = await this.workflow(id);
		const answer = await this.call('POST', `/rest/workflows/${id}/run`, {
			workflowData,
			triggerToStartFrom: { name: trigger },
		});
		return z.object({ executionId: z.string() }).parse(answer).executionId;
	}

	async execution(id: string): Promise<StoredExecution> {
		return executionSchema.parse(await this.call('GET', `/rest/executions/${id}`));
	}

	/** The executions of a workflow, newest first. */
	async executionsOf(workflowId: string): Promise<StoredExecution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const answer = await this.call('GET', `/rest/executions?filter=${filter}`);
		return z.object({ results: z.array(executionSchema) }).parse(answer).results;
	}

	/** One call of n8n's own REST API; answers its `data`. Throws EditorError with n8n's message. */
	async call(method: string, path: string, body?: unknown): Promise<unknown> {
		const answer = await fetch(`${this.url}${path}`, {
			method,
			headers: {
				'content-type': 'application/json',
				'browser-id': browserId,
				// n8n ends connections that are idle for seconds, which a call on a busy machine can run into.
				connection: 'close',
				...(this.cookie ? { cookie: this.cookie } : {}),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		}).catch((error: unknown) => {
			throw new EditorError(`n8n gave no answer to ${method} ${path}.`, { cause: error });
		});
		const cookie = answer.headers
			.getSetCookie()
			.map((each) => each.split(';')[0] ?? '')
			.find((each) => each.startsWith('n8n-auth='));
		if (cookie !== undefined) this.cookie = cookie;
		const text = await answer.text();
		if (!answer.ok) {
			throw new EditorError(
				`n8n refused ${method} ${path} (${answer.status}): ${text.slice(0, 500)}`,
			);
		}
		const content: unknown = text === '' ? {} : JSON.parse(text);
		return z.object({ data: z.unknown() }).parse(content).data;
	}
}
