import { matcher } from '../databricks/files/directoryTree';
import { getFileInfo, listDirectory } from '../databricks/files/files';
import { DatabricksError } from '../databricks/errors';
import {
	castExpressions,
	copyFormats,
	type CopyFormat,
	type CopyRequest,
} from '../databricks/sql/copyInto';
import type { TargetColumn } from '../databricks/sql/rowBatches';
import type { Workspace } from '../databricks/workspace';
import { type Parameters, textOf } from '../n8n/parameters';
import { tableOf } from '../n8n/tableLocators';
import { targetColumns } from './tableColumns';

/** One statement: what it loads, and how its files are called in the item. */
export interface CopyTask {
	path: string;
	request: CopyRequest;
}

/**
 * The statements that the fields ask for: one for all files, or one for each. Throws DatabricksError
 * that names the field.
 */
export async function readCopyTasks(
	workspace: Workspace,
	parameters: Parameters,
): Promise<CopyTask[]> {
	const path = parameters.requiredText('path', 'Path').replace(/\/+$/, '');
	const which = parameters.choice('which', 'Files', ['all', 'names', 'pattern']);
	const request = await readRequest(workspace, parameters, path);
	const isRecursive = which === 'all' && parameters.flag('options.recursive');
	const names = which === 'names' ? namesIn(parameters) : undefined;
	const pattern = which === 'pattern' ? parameters.requiredText('pattern', 'Pattern') : undefined;
	if (parameters.choice('copyResult', 'Result', ['each', 'together']) === 'together') {
		const formatOptions = isRecursive
			? { recursiveFileLookup: 'true', ...request.formatOptions }
			: request.formatOptions;
		return [{ path, request: { ...request, files: names, pattern, formatOptions } }];
	}
	const files = names ?? (await namesInFolder(workspace, path, pattern, isRecursive));
	if (files === undefined) return [{ path, request }];
	return files.map((name) => ofOneFile(request, `${path}/${name}`));
}

/** The statement for one file, by its folder and its name. */
function ofOneFile(request: CopyRequest, path: string): CopyTask {
	const end = path.lastIndexOf('/');
	return { path, request: { ...request, path: path.slice(0, end), files: [path.slice(end + 1)] } };
}

async function readRequest(
	workspace: Workspace,
	parameters: Parameters,
	path: string,
): Promise<CopyRequest> {
	const table = tableOf(parameters);
	const format = parameters.choice('copyFormat', 'File Format', copyFormats);
	const columns = parameters.choice('copyColumns', 'Columns', ['cast', 'asIs', 'expressions']);
	const casts = columns === 'cast';
	const isByPlace = format === 'CSV' && !parameters.flag('options.header', true);
	return {
		table,
		path,
		format,
		expressions: casts
			? castExpressions(
					chosen(parameters, await targetColumns(workspace, table)),
					format,
					isByPlace,
				)
			: columns === 'expressions'
				? parameters.requiredText('expressions', 'Expressions')
				: undefined,
		formatOptions: formatOptions(parameters, format, casts),
		copyOptions: {
			...(parameters.flag('options.force') ? { force: 'true' } : {}),
			...(parameters.flag('options.mergeSchema') ? { mergeSchema: 'true' } : {}),
		},
		validates: parameters.flag('options.validate'),
	};
}

/** The columns of the table that are to be loaded, in the order in which they are named. */
function chosen(parameters: Parameters, columns: readonly TargetColumn[]): TargetColumn[] {
	const names = parameters.list('options.columnsToLoad');
	if (names.length === 0) return [...columns];
	return names.map((name) => {
		const column = columns.find((other) => other.name.toLowerCase() === name.toLowerCase());
		if (column !== undefined) return column;
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Columns to Load' has "${name}", which the table does not have.`,
			hint: `Its columns: ${columns.map((other) => other.name).join(', ')}.`,
		});
	});
}

function formatOptions(
	parameters: Parameters,
	format: CopyFormat,
	casts: boolean,
): Record<string, string> {
	const options: Record<string, string> = {};
	const set = (option: string, name: string) => {
		const value = parameters.text(`options.${name}`);
		if (value !== '') options[option] = value;
	};
	if (format === 'CSV') {
		options.header = String(parameters.flag('options.header', true));
		options.escape = parameters.text('options.escape') || '"';
		set('delimiter', 'delimiter');
		set('nullValue', 'nullValue');
	}
	// As texts, numbers come with all of their digits.
	if (format === 'JSON' && casts) options.primitivesAsString = 'true';
	const hasLines = format === 'CSV' || format === 'JSON';
	if (hasLines && parameters.flag('options.multiLine')) options.multiLine = 'true';
	for (const row of parameters.rows('options.formatOptions.values')) {
		const name = textOf(row.name)?.trim() ?? '';
		if (name !== '') options[name] = textOf(row.value) ?? '';
	}
	return options;
}

function namesIn(parameters: Parameters): string[] {
	const names = parameters.list('fileNames');
	if (names.length > 0) return names;
	throw new DatabricksError({
		kind: 'badRequest',
		message: "'File Names' is empty.",
		hint: "Fill in 'File Names', or check the expression in it.",
	});
}

/**
 * The names of the files of a folder that fit, in their order, those in folders below with the folders;
 * undefined when the path is a file.
 * As Databricks does, it leaves out names that begin with a full stop or an underscore.
 */
async function namesInFolder(
	workspace: Workspace,
	path: string,
	pattern: string | undefined,
	isRecursive: boolean,
): Promise<string[] | undefined> {
	if (pattern === undefined && (await getFileInfo(workspace, path)) !== undefined) return undefined;
	if (pattern !== undefined && /[[\]{}\\/]|\*\*/.test(pattern)) {
		throw new DatabricksError({
			kind: 'badRequest',
			message: `'Pattern' is "${pattern}", which this node cannot look for by itself.`,
			hint: "Use only * and ? in it, or set 'Result' to 'For All Files Together', where Databricks looks for the files.",
		});
	}
	const matches = pattern === undefined ? () => true : matcher(pattern);
	const names: string[] = [];
	const folders = [''];
	for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
		for await (const { name, is_directory } of listDirectory(workspace, `${path}${folder}`)) {
			if (/^[._]/.test(name)) continue;
			if (!is_directory && matches(name)) names.push(`${folder}/${name}`.slice(1));
			if (is_directory && isRecursive) folders.push(`${folder}/${name}`);
		}
	}
	return names.sort();
}
