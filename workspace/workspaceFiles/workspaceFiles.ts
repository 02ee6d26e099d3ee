import { z } from 'zod';
import { ApiError, invalidParameter, notFound } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { perWorkspace } from '../perWorkspace';
import { Collection } from '../store/collection';
import { notebookLanguageOf, type Language } from './notebook';

const objectSchema = z.object({
	path: z.string(),
	objectId: z.string(),
	type: z.enum(['DIRECTORY', 'FILE', 'NOTEBOOK']),
	language: z.enum(['PYTHON', 'SQL', 'SCALA', 'R']).optional(),
	contentBase64: z.string().optional(),
	createdAtMs: z.number(),
	modifiedAtMs: z.number(),
});
export type WorkspaceObject = z.infer<typeof objectSchema>;

/** Files, notebooks and folders below /Workspace. */
class WorkspaceFiles {
	private readonly objects: Collection<WorkspaceObject>;

	constructor(private readonly workspace: LocalWorkspace) {
		this.objects = new Collection(workspace.lakehouse.documents, 'workspaceObject', objectSchema);
	}

	async load(): Promise<void> {
		await this.objects.load();
		for (const { objectId } of this.objects.values()) this.workspace.ids.observe(objectId);
		const home = `/Workspace/Users/${this.workspace.user.userName}`;
		for (const path of ['/Workspace/Shared', home]) await this.mkdirs(path);
	}

	find(path: string): WorkspaceObject | undefined {
		return this.objects.get(canonicalPath(path));
	}

	/** Throws ApiError 404 when there is nothing at the path. */
	get(path: string): WorkspaceObject {
		const object = this.find(path);
		if (object === undefined) throw notFound(`Path (${path}) doesn't exist.`);
		return object;
	}

	/** The bytes of a file or notebook. Throws ApiError 404, or 400 for a folder. */
	read(path: string): Buffer {
		const object = this.get(path);
		if (object.contentBase64 === undefined) throw invalidParameter(`${path} is a directory.`);
		return Buffer.from(object.contentBase64, 'base64');
	}

	/** Makes the folder and those above it. Throws ApiError 400 when a file is in the way. */
	async mkdirs(path: string): Promise<void> {
		const parts = canonicalPath(path).split('/').slice(1);
		for (let length = 1; length <= parts.length; length++) {
			const folder = `/${parts.slice(0, length).join('/')}`;
			const existing = this.objects.get(folder);
			if (existing === undefined) await this.put(folder, 'DIRECTORY');
			else if (existing.type !== 'DIRECTORY') {
				const message = `Folder ${path} cannot be created: ${folder} is a file.`;
				throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', message);
			}
		}
	}

	/** Writes a file, as it is. Throws ApiError 404 without its folder, 409 when it exists. */
	async writeFile(path: string, content: Buffer, overwrite: boolean): Promise<void> {
		const { target, language } = this.prepare(path, content);
		const existing = this.objects.get(target);
		if (existing?.type === 'DIRECTORY') {
			throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `${path} is a directory.`);
		}
		if (existing !== undefined && !overwrite) {
			const message = `File already exists at (${path}).`;
			throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', message);
		}
		await this.put(target, language === undefined ? 'FILE' : 'NOTEBOOK', content, language);
	}

	/** Writes a notebook under exactly this path, whatever its first line says. */
	async writeNotebook(path: string, content: Buffer, language: Language, overwrite: boolean) {
		const target = canonicalPath(path);
		this.requireParent(path, target);
		if (this.objects.get(target) !== undefined && !overwrite) {
			throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Path (${path}) already exists.`);
		}
		await this.put(target, 'NOTEBOOK', content, language);
	}

	/** What lies directly in a folder, by path; a file lists itself. */
	list(path: string): WorkspaceObject[] {
		const object = this.get(path);
		if (object.type !== 'DIRECTORY') return [object];
		return this.below(object.path)
			.filter((other) => !other.path.slice(object.path.length + 1).includes('/'))
			.sort((a, b) => (a.path < b.path ? -1 : 1));
	}

	/** Throws ApiError 404 for nothing, 400 for a folder that is not empty without `recursive`. */
	async delete(path: string, recursive: boolean): Promise<void> {
		const object = this.get(path);
		const inside = this.below(object.path);
		if (inside.length > 0 && !recursive) {
			throw new ApiError(400, 'DIRECTORY_NOT_EMPTY', `Folder (${path}) is not empty.`);
		}
		await Promise.all([...inside, object].map((each) => this.objects.delete(each.path)));
	}

	/** A file whose first line marks a notebook becomes one, without its extension. */
	private prepare(path: string, content: Buffer) {
		const file = canonicalPath(path);
		const language = notebookLanguageOf(file, content);
		const target = language === undefined ? file : file.replace(/\.[^./]+$/, '');
		this.requireParent(path, target);
		return { target, language };
	}

	private requireParent(path: string, target: string): void {
		const parent = target.slice(0, target.lastIndexOf('/'));
		if (this.objects.get(parent)?.type !== 'DIRECTORY') {
			const named = path.slice(0, path.lastIndexOf('/'));
			throw notFound(`The parent folder (${named}) does not exist.`);
		}
	}

	private below(path: string): WorkspaceObject[] {
		return this.objects.values().filter((other) => other.path.startsWith(`${path}/`));
	}

	private async put(
		path: string,
		type: WorkspaceObject['type'],
		content?: Buffer,
		language?: Language,
	): Promise<void> {
		const nowMs = this.workspace.clock.now();
		const existing = this.objects.get(path);
		await this.objects.put(path, {
			path,
			type,
			language,
			contentBase64: content?.toString('base64'),
			objectId: existing?.objectId ?? this.workspace.ids.next(),
			createdAtMs: existing?.createdAtMs ?? nowMs,
			modifiedAtMs: nowMs,
		});
	}
}

export const workspaceFilesOf = perWorkspace((workspace) => new WorkspaceFiles(workspace));

/** `/Users/x` and `/Workspace/Users/x` are the same place. Throws ApiError 400 for no path. */
function canonicalPath(path: string): string {
	if (!path.startsWith('/')) throw invalidParameter(`Path (${path}) doesn't start with '/'`);
	const parts = path.split('/').filter((part) => part !== '');
	if (parts[0] !== 'Workspace') parts.unshift('Workspace');
	return `/${parts.join('/')}`;
}
