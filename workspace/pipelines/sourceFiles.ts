import { notImplemented } from '../apiError';
import type { LocalWorkspace } from '../localWorkspace';
import { workspaceFilesOf } from '../workspaceFiles/workspaceFiles';
import type { PipelineSpec } from './spec';

/** A file of a pipeline, with the values of the pipeline's configuration put in. */
export interface SourceFile {
	path: string;
	text: string;
}

/**
 * The SQL files that the libraries of a pipeline name, by path. `${key}` in them becomes the value
 * that the pipeline's configuration, or before it a parameter of the update, has for it. Throws ApiError 404 for a file that is not there,
 * 501 for Python, notebooks and other kinds of libraries, Error for a key without a value.
 */
export function sourceFilesOf(
	workspace: LocalWorkspace,
	spec: PipelineSpec,
	parameters: Readonly<Record<string, string>>,
): SourceFile[] {
	const files = workspaceFilesOf(workspace);
	const paths = new Set<string>();
	for (const library of spec.libraries ?? []) {
		if (library.file !== undefined) paths.add(files.get(library.file.path).path);
		else if (library.glob !== undefined) {
			for (const path of pathsOf(workspace, library.glob.include)) paths.add(path);
		} else {
			throw notImplemented(`pipeline libraries of the kind ${Object.keys(library).join(', ')}`);
		}
	}
	return [...paths].sort().map((path) => {
		if (!path.endsWith('.sql')) throw notImplemented(`pipeline sources such as ${path}: SQL only`);
		const configuration = { ...spec.configuration, ...parameters };
		return {
			path,
			text: withConfiguration(files.read(path).toString('utf8'), configuration, path),
		};
	});
}

/** A folder with `/**` after it stands for all files below it; anything else for one file. */
function pathsOf(workspace: LocalWorkspace, include: string): string[] {
	const files = workspaceFilesOf(workspace);
	const folder = /^(.*)\/\*\*$/.exec(include)?.[1];
	if (folder === undefined) {
		if (/[*?[\]{}]/.test(include)) throw notImplemented(`the glob pattern ${include}: only /**`);
		return [files.get(include).path];
	}
	const below = (path: string): string[] =>
		files
			.list(path)
			.flatMap((object) => (object.type === 'DIRECTORY' ? below(object.path) : [object.path]));
	return below(folder);
}

function withConfiguration(
	text: string,
	configuration: Readonly<Record<string, string>>,
	path: string,
): string {
	return text.replace(/\$\{([^}]*)\}/g, (whole, key: string) => {
		const value = configuration[key];
		if (value === undefined) {
			throw new Error(`${whole} in ${path} has no value: the pipeline's configuration lacks it.`);
		}
		return value;
	});
}
