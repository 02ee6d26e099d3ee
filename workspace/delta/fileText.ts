import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { unsupported } from '../sql/sqlError';
import type { VolumeFile } from './volumeFiles';

/** The text of a file in UTF-8, with or without a mark of it, compressed with gzip or not. */
export async function fileText({ path, realPath }: VolumeFile): Promise<string> {
	const bytes = await readFile(realPath);
	const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(plain);
	} catch {
		throw unsupported(`the file ${path}, which is no UTF-8`);
	}
}
