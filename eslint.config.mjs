import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';
import tseslint from 'typescript-eslint';

const COMMUNITY = '@n8n/community-nodes';
const { plugins: communityPlugin, rules: communityRules } =
	n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;

/**
 * n8n's own set for packages that are installed by hand (no cloud support). The tool nests an older community plugin than the one
 * installed here: its rules are replaced by the current ones, for the files that n8n loads.
 */
const n8nRules = configWithoutCloudSupport.map(({ plugins = {}, rules = {}, ...entry }) => ({
	...entry,
	plugins: Object.fromEntries(Object.entries(plugins).filter(([name]) => name !== COMMUNITY)),
	rules: Object.fromEntries(
		Object.entries(rules).filter(([name]) => !name.startsWith(`${COMMUNITY}/`)),
	),
}));

export default tseslint.config(
	{
		ignores: [
			'dist/**',
			'build/**',
			'coverage/**',
			'.editor/**',
			'test/recordings/**',
			'bundle/**',
		],
	},
	...n8nRules,
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
		plugins: communityPlugin,
		rules: {
			...communityRules,
			// undici is the transport and zod reads the answers: n8n's request helper rounds 64-bit ids, replaces the caller's abort
			// signal and opens a connection per request. The package is installed by hand, where runtime dependencies work.
			[`${COMMUNITY}/no-runtime-dependencies`]: 'off',
		},
	},
	{
		files: ['nodes/databricks/**/*.ts'],
		rules: {
			// The client knows nothing of n8n and throws its own error; nodes/n8n/nodeError.ts translates it in one place.
			[`${COMMUNITY}/require-node-api-error`]: 'off',
		},
	},
	{
		files: ['nodes/**/*.ts'],
		rules: {
			'no-restricted-syntax': [
				'error',
				{
					selector: "CallExpression[callee.property.name='push'] > SpreadElement",
					message:
						'Arguments live on the stack, which about 120 000 of them overflow. Push one by one.',
				},
			],
		},
	},
	{
		files: ['package.json'],
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
		rules: {
			// JSON is read as an expression statement here.
			'@typescript-eslint/no-unused-expressions': 'off',
		},
	},
	{
		files: ['workspace/**/*.ts', 'tooling/**/*.ts', 'test/**/*.ts'],
		rules: {
			// The local workspace and the demo are command-line programs: what they print is their interface.
			'no-console': 'off',
		},
	},
	{
		files: ['**/*.ts'],
		rules: {
			// Control characters are looked for on purpose: names and log texts must not hold them.
			'no-control-regex': 'off',
			// A leading underscore says that a part is left out knowingly.
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
			],
			// tsc resolves every import with stricter settings than this rule's resolver, which does not know `exports` of ESM packages.
			'import-x/no-unresolved': 'off',
			'import-x/named': 'off',
			'import-x/namespace': 'off',
			'import-x/default': 'off',
			'import-x/no-named-as-default': 'off',
			'import-x/no-named-as-default-member': 'off',
		},
	},
);
