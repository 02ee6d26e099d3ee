import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const packageName = 'n8n-nodes-databricks-lakehouse';

/** The folder of the package that a file lies in, compiled or not. Throws Error outside of it. */
export function repositoryRoot(from: string): string {
	for (let folder = from; ; folder = dirname(folder)) {
		const file = join(folder, 'package.json');
		if (existsSync(file)) {
			const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
			const name =
				typeof content === 'object' && content !== null && 'name' in content && content.name;
			if (name === packageName) return folder;
		}
		if (folder === dirname(folder)) throw new Error(`${from} is not inside ${packageName}.`);
	}
}
