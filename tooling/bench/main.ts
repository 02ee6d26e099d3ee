import { join } from 'node:path';
import { type Benchmark, measure } from './measure';
import { caseTable } from './table';

/** Name on the command line → file of this folder. */
const benchmarks: Readonly<Record<string, string>> = {
	files: 'files.js',
	jobs: 'jobs.js',
	predict: 'predict.js',
	sql: 'sql.js',
	trigger: 'trigger.js',
};

/** `npm run bench -- <name> [part of a case's name]`: exit code 1 when a goal is missed or could not be looked at. */
async function main(name: string | undefined, wanted?: string): Promise<void> {
	const file = benchmarks[name ?? ''];
	if (file === undefined) {
		throw new Error(`Say which: npm run bench -- ${Object.keys(benchmarks).join(' | ')}`);
	}
	const path = join(__dirname, file);
	const { benchmark }: { benchmark: Benchmark } = await import(path);
	console.log(
		`${benchmark.title}\nNode ${process.versions.node}, ${process.platform} ${process.arch}\n`,
	);
	const onStart = (text: string) => {
		if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text} …`);
	};
	const reports = await measure(benchmark, path, onStart, wanted);
	if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
	console.log(reports.map(caseTable).join('\n'));
	if (reports.some(({ goals }) => goals.some(({ isMet }) => isMet !== true))) process.exitCode = 1;
}

main(process.argv[2], process.argv[3]).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
