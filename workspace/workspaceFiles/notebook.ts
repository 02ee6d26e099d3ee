/** Language of a notebook, as the API spells it. */
export type Language = 'PYTHON' | 'SQL' | 'SCALA' | 'R';

const byExtension: Readonly<Record<string, { language: Language; comment: string }>> = {
	'.py': { language: 'PYTHON', comment: '#' },
	'.sql': { language: 'SQL', comment: '--' },
	'.scala': { language: 'SCALA', comment: '//' },
	'.r': { language: 'R', comment: '#' },
};

/** The language of the notebook that this file is; `undefined` for a plain file. */
export function notebookLanguageOf(path: string, content: Buffer): Language | undefined {
	const known = byExtension[/\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? ''];
	if (known === undefined) return undefined;
	const marker = `${known.comment} Databricks notebook source`;
	const firstLine = content.subarray(0, marker.length + 2).toString();
	return firstLine.split(/\r?\n/)[0] === marker ? known.language : undefined;
}
