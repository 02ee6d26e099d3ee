import { openLakehouse } from '../delta/openLakehouse';
import { report, statementsIn, Walk } from './walk';

const REASONS: Record<string, string> = {
	'Unity Catalog takes letters beyond ASCII, hyphens and the like':
		'create-hyphen select-hyphen-quoted create-backtick create-unicode create-dollar-quoted create-emoji schema-hyphen-create schema-hyphen-use identifier-clause-concat-quoted describe-history-three-part describe-history-quoted identifier-clause-space table-changes-hyphen-quoted',
	'Unity Catalog takes no blank, period or slash in a name, and up to 255 characters':
		'create-space create-dot create-slash create-empty create-blank schema-space schema-dot long-name-300 tab-in-name',
	'suggestions at the same distance in another order': 'col-select-bare-dot',
	'the name in a text is read by the same rules as one outside':
		'table-changes-unquoted-space table-changes-hyphen identifier-clause-unquoted-hyphen',
	'tables have no path': 'path-identifier',
};

const REFUSED: Record<string, string> = {};

test('names are quoted, found and refused as recorded', async () => {
	const opened = await openLakehouse();
	await opened.run('CREATE SCHEMA spark_catalog.i');
	const walk = new Walk(opened, { ...opened.session, schema: 'i' });
	for (const entry of statementsIn('identifiers.json')) await walk.judge(entry);
	report('identifiers.json', walk.verdicts, REASONS, REFUSED);
	await opened.close();
}, 30_000);
