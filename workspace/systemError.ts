/** The code of an error of the operating system, for example ENOSPC; `undefined` for others. */
export function systemErrorCode(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether something could not be written for want of space; DuckDB says so in its message. */
export function isDiskFull(error: unknown): boolean {
	const code = systemErrorCode(error);
	if (code === 'ENOSPC' || code === 'EDQUOT') return true;
	const message = error instanceof Error ? error.message : String(error);
	return /no space left|disk quota|disk full|out of disk/i.test(message);
}

/** What to do about it. */
export const diskFullMessage =
	'The disk of the local workspace is full; nothing of this was kept. Free some space and do it again.';
