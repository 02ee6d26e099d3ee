import { isDiskFull, systemErrorCode } from '../../../workspace/systemError';

const coded = (code: string) => Object.assign(new Error(code), { code });

test.each([
	[coded('ENOSPC'), true],
	[coded('EDQUOT'), true],
	[coded('EACCES'), false],
	[new Error('TransactionContext Error: Failed to commit: No space left on device'), true],
	[new Error('IO Error: Could not set lock on file'), false],
	['disk full', true],
	[undefined, false],
])('%s: the disk is full: %p', (error, full) => {
	expect(isDiskFull(error)).toBe(full);
});

test.each([
	[coded('ENOENT'), 'ENOENT'],
	[new Error('plain'), undefined],
	[{ code: 5 }, undefined],
	[null, undefined],
])('the code of %s is %p', (error, code) => {
	expect(systemErrorCode(error)).toBe(code);
});
