// The browser test: apart from `npm test`, because it needs the installed editor and a Chromium.
const { join } = require('node:path');
const base = require('../../jest.config.json');

module.exports = {
	...base,
	rootDir: join(__dirname, '..', '..'),
	roots: ['<rootDir>/test/editor'],
	testMatch: ['**/*.browser.ts'],
	testTimeout: 300_000,
	// The line with which `npm test` ends stands for that alone.
	reporters: ['default'],

	moduleNameMapper: {
		'^playwright-core$': '<rootDir>/.editor/server/node_modules/playwright-core/index.js',
	},
	transformIgnorePatterns: [...base.transformIgnorePatterns, '<rootDir>/.editor/'],
};
