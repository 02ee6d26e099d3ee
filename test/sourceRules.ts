import { posix } from 'node:path';
import ts from 'typescript';

export interface Source {
	/** From the root of the repository, with `/`. */
	path: string;
	text: string;
}

/** What a source is part of; the order of the first four is the direction of imports. */
type Part = 'node' | 'n8n' | 'client' | 'credential' | 'icons' | 'workspace' | 'tooling' | 'test';

const egressFile = 'nodes/databricks/transport.ts';
/** Makes the connections that the transport sends through. */
const connectionsFile = 'nodes/databricks/connections.ts';

/** The parts that a part may import, beside itself. */
const allowedParts: Readonly<Record<Part, readonly Part[]>> = {
	client: [],
	n8n: ['client'],
	node: ['n8n', 'client'],
	credential: ['n8n', 'client', 'icons'],
	icons: [],
	workspace: [],
	tooling: ['workspace', 'client', 'n8n'],
	test: ['workspace', 'client', 'n8n', 'node', 'credential', 'tooling'],
};

/** The packages that shipped code may import, beside Node's own. */
const allowedPackages: Partial<Record<Part, readonly string[]>> = {
	client: ['undici', 'zod/v4'],
	n8n: ['n8n-workflow', 'zod/v4'],
	node: ['n8n-workflow', 'zod/v4'],
	credential: ['n8n-workflow'],
};

const sendingModules = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'undici', 'axios'];
const sendingMembers = ['request', 'stream', 'pipeline', 'fetch', 'get', 'upgrade', 'connect'];
const hostRequests =
	/^(httpRequest|request|httpRequestWithAuthentication|requestWithAuthentication|requestWithAuthenticationPaginated|requestOAuth[12])$/;
const emptyNames = /^(index|utils?|helpers?|common|shared|misc)$/;

/** Every breach of the architecture in the sources, one sentence each; none when all is well. */
export function breachesOf(sources: readonly Source[]): string[] {
	return sources.flatMap((source) => [
		...nameBreaches(source),
		...importBreaches(source),
		...egressBreaches(source),
		...sleepBreaches(source),
	]);
}

function nameBreaches({ path }: Source): string[] {
	return path
		.split('/')
		.map((name) => name.split('.')[0] ?? '')
		.filter((name) => emptyNames.test(name))
		.map((name) => `${path}: "${name}" is a name that says nothing.`);
}

function importBreaches(source: Source): string[] {
	const part = partOf(source.path);
	return importsOf(source).flatMap(({ module }) => {
		if (module.startsWith('.')) {
			const target = posix.normalize(posix.join(posix.dirname(source.path), module));
			return isAllowedTarget(source.path, target)
				? []
				: [`${source.path}: must not import ${target}.`];
		}
		const packages = allowedPackages[part];
		const isBuiltIn = module.startsWith('node:');
		return packages === undefined || isBuiltIn || packages.includes(module)
			? []
			: [`${source.path}: must not import the package ${module}.`];
	});
}

function isAllowedTarget(from: string, target: string): boolean {
	const part = partOf(from);
	const other = partOf(target);
	if (part === 'node' && other === 'node') return folderOf(from) === folderOf(target);
	if (part === 'client' && other === 'client') return !isCore(from) || isCore(target);
	return part === other || allowedParts[part].includes(other);
}

/** Of the client: what all services stand on, whose folders it does not know. */
function isCore(path: string): boolean {
	const [, , folderOrFile, file] = path.split('/');
	return file === undefined || folderOrFile === 'auth';
}

function partOf(path: string): Part {
	const [first, second] = path.split('/');
	if (first === 'nodes') {
		if (second === 'databricks') return 'client';
		if (second === 'n8n') return 'n8n';
		return second === 'icons' ? 'icons' : 'node';
	}
	if (first === 'credentials') return 'credential';
	if (first === 'workspace') return 'workspace';
	return first === 'test' ? 'test' : 'tooling';
}

function folderOf(path: string): string {
	return path.split('/').slice(0, 2).join('/');
}

/** Ways out of the process that are not the transport, in shipped code. */
function egressBreaches(source: Source): string[] {
	const { path } = source;
	if (!/^(nodes|credentials)\//.test(path) || path === egressFile) return [];
	const modules = importsOf(source)
		.filter(({ module, isTypeOnly }) => !isTypeOnly && sendingModules.includes(bare(module)))
		.filter(() => path !== connectionsFile)
		.map(({ module }) => `${path}: ${module} is a second way out; only ${egressFile} sends.`);
	return [
		...modules,
		...callsThatSend(source).map((call) => `${path}: ${call} sends; only ${egressFile} does.`),
	];
}

/** Waiting for time in a test: slow where the time is long, and wrong on a busy machine. */
function sleepBreaches({ path, text }: Source): string[] {
	if (!path.startsWith('test/')) return [];
	const sleeps = new Set<string>();
	visit(parse(path, text), (node) => {
		if (ts.isCallExpression(node)) {
			const called = lastName(node.expression) ?? '';
			if (called === 'setTimeout' || called === 'setInterval') sleeps.add(called);
		}
		if (ts.isStringLiteralLike(node) && /^(node:)?timers(\/promises)?$/.test(node.text)) {
			sleeps.add(node.text);
		}
	});
	return [...sleeps].map(
		(sleep) => `${path}: ${sleep} waits for time; a test waits for the state itself.`,
	);
}

function bare(module: string): string {
	return module.replace(/^node:/, '').split('/')[0] ?? '';
}

function importsOf({ path, text }: Source): { module: string; isTypeOnly: boolean }[] {
	const found: { module: string; isTypeOnly: boolean }[] = [];
	visit(parse(path, text), (node) => {
		if (
			(ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
			node.moduleSpecifier !== undefined &&
			ts.isStringLiteral(node.moduleSpecifier)
		) {
			found.push({ module: node.moduleSpecifier.text, isTypeOnly: isTypeOnly(node) });
		}
		if (
			ts.isImportTypeNode(node) &&
			ts.isLiteralTypeNode(node.argument) &&
			ts.isStringLiteral(node.argument.literal)
		) {
			found.push({ module: node.argument.literal.text, isTypeOnly: true });
		}
		if (ts.isExternalModuleReference(node) && ts.isStringLiteral(node.expression)) {
			found.push({ module: node.expression.text, isTypeOnly: false });
		}
		if (
			ts.isCallExpression(node) &&
			(node.expression.kind === ts.SyntaxKind.ImportKeyword ||
				nameOf(node.expression) === 'require')
		) {
			const [argument] = node.arguments;
			if (argument !== undefined && ts.isStringLiteralLike(argument)) {
				found.push({ module: argument.text, isTypeOnly: false });
			}
		}
	});
	return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
	if (ts.isExportDeclaration(node)) return node.isTypeOnly;
	const clause = node.importClause;
	if (clause === undefined) return false;
	if (clause.isTypeOnly) return true;
	const bindings = clause.namedBindings;
	return (
		clause.name === undefined &&
		bindings !== undefined &&
		ts.isNamedImports(bindings) &&
		bindings.elements.every((element) => element.isTypeOnly)
	);
}

/** `fetch(…)`, `undici.request(…)`, `dispatcher.request(…)`, `this.helpers.httpRequest(…)`, … */
function callsThatSend({ path, text }: Source): string[] {
	const calls: string[] = [];
	visit(parse(path, text), (node) => {
		if (
			ts.isPropertyAccessExpression(node) &&
			hostRequests.test(node.name.text) &&
			lastName(node.expression) === 'helpers' &&
			!(path.startsWith('credentials/') && isInPreAuthentication(node))
		) {
			calls.push(`helpers.${node.name.text}`);
		}
		if (
			ts.isIdentifier(node) &&
			['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].includes(node.text) &&
			isFreeName(node)
		) {
			calls.push(node.text);
		}
		if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
			const owner = lastName(node.expression.expression) ?? '';
			const isSender =
				/^(undici|https?|http2|axios|dispatcher|agent|pool|client|globalThis)$/i.test(owner);
			if (isSender && sendingMembers.includes(node.expression.name.text)) {
				calls.push(`${owner}.${node.expression.name.text}`);
			}
		}
	});
	return [...new Set(calls)];
}

/** There n8n asks a credential for a token for its own HTTP Request node, with its own rules for where it may come from. */
function isInPreAuthentication(node: ts.Node): boolean {
	const method = ts.findAncestor(node, ts.isMethodDeclaration);
	return method?.name.getText() === 'preAuthentication';
}

/** A name that is used as a value, not the name of a member, property or declaration. */
function isFreeName(node: ts.Identifier): boolean {
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
	if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent))
		return parent.initializer === node;
	return (
		ts.isExpression(parent) || ts.isStatement(parent) || ts.isShorthandPropertyAssignment(parent)
	);
}

function lastName(node: ts.Expression): string | undefined {
	if (ts.isIdentifier(node)) return node.text;
	return ts.isPropertyAccessExpression(node) ? node.name.text : undefined;
}

function nameOf(node: ts.Expression): string | undefined {
	return ts.isIdentifier(node) ? node.text : undefined;
}

function parse(path: string, text: string): ts.SourceFile {
	return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
	look(node);
	node.forEachChild((child) => visit(child, look));
}
